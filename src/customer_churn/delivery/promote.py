"""The command `promote`: staging's release file, byte for byte, becomes production's."""

from pathlib import Path

from customer_churn.core import paths
from customer_churn.core.errors import UserError
from customer_churn.core.files import write_text
from customer_churn.delivery import branch as branches
from customer_churn.delivery import evidence
from customer_churn.delivery.environments import (
    PRODUCTION,
    STAGING,
    main,
    release_at,
    release_path,
)
from customer_churn.delivery.evidence import Evidence
from customer_churn.git import Git


def run(root: Path, smoked: Path | None, override: str | None) -> None:
    """Commit the promotion on a branch of its own. `smoked` is what `smoke` wrote.

    Raises UserError when staging has no release, production has this one, or the evidence is
    missing, of another release or not good; `override` is a reason to go without, and stays in git.
    """
    git = Git(root)
    head = main(git)
    release = release_at(git, head, STAGING)
    text = git.show(head, release_path(STAGING))
    if release is None or text is None:
        raise UserError("staging has no release on main, so there is nothing to promote.")
    if text == git.show(head, release_path(PRODUCTION)):
        raise UserError(f"production has version {release.version} already.")
    if (override or "").strip():
        proof = Evidence(release.version, release.digest, "nowhere", [], override)
    elif smoked is not None:
        proof = evidence.read(smoked)
    else:
        raise UserError(
            "nothing is promoted without having been seen to work: --evidence FILE, which "
            "`customer-churn smoke URL` writes, or --override REASON, which stays in git."
        )
    problem = proof.problem(release)
    if problem:
        raise UserError(f"the evidence does not carry version {release.version}: {problem}.")
    branch = f"promote-{release.version}"
    with branches.prepared(git, branch, head):
        written = [release_path(PRODUCTION), release_path(PRODUCTION).with_name(evidence.NAME)]
        for path, content in zip(written, (text, proof.render()), strict=True):
            write_text(root / path, content)
        git.run("add", "--", *map(str, written))
        branches.save(git, f"Promote version {release.version} to production")
    seen = "\n".join(f"  {line}" for line in evidence.describe(proof))
    print(
        f"production: version {release.version}, as {paths.RELEASE} has it\n{seen}\n"
        f"next: git push -u origin {branch}, and open a pull request"
    )
