"""The command `promote`: staging's release file, byte for byte, becomes production's."""

from dataclasses import dataclass, replace
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.files import write_text
from mainline.core.layout import Layout
from mainline.delivery import branch as branches
from mainline.delivery import check_promotion, dispatch, evidence, promotion, signature
from mainline.delivery.dispatch import ByHand, Healthy
from mainline.delivery.evidence import Evidence
from mainline.delivery.healthy import confirmed
from mainline.experiments.experiment_result import Result
from mainline.git import Git
from mainline.k8s.environments import (
    PRODUCTION,
    STAGING,
    main,
    release_at,
    release_path,
)
from mainline.release.release_file import Release


@dataclass(frozen=True)
class Asked:
    """The basis of a promotion: the file of `smoke`, a person's reason, or the job's event."""

    smoked: Path | None = None
    override: str | None = None
    event: Healthy | ByHand | None = None


def run(
    root: Path,
    *,
    smoked: Path | None = None,
    override: str | None = None,
    experiment: Path | None = None,
    dispatched: bool = False,
    signed: bool = False,
    push: bool = False,
) -> None:
    """Commit the promotion on a new branch; `push` also opens the pull request.

    `override` is a reason to promote without evidence of TensorFlow Serving; it is kept in git.
    `experiment` is a result in which the release was the challenger; the pull request shows it.
    A dispatch that arrives too late is not an error. Raises MainlineError when

    - staging has no release, or production has it already;
    - the evidence is missing, negative, of another release or of the embedded server;
    - `signed` is set and the image is not signed;
    - the result of the experiment is of another challenger, of another release than production's
      or of another environment, or cannot be read.
    """
    git = Git(root)
    head = main(git)
    asked = Asked(smoked, override, dispatch.read() if dispatched else None)
    release, text = _staged(git, head)
    late = _late(git, head, release, text)
    if late and isinstance(asked.event, Healthy):
        print(late)
        if push:
            promotion.withdraw(release)
        return
    proof = _proof(git, release, asked)
    if proof is None:
        print(f"staging now has version {release.version}, which gets its own dispatch.")
        return
    if late:
        raise MainlineError(late)
    problem = proof.problem(release)
    if problem:
        raise MainlineError(f"the evidence does not support version {release.version}: {problem}.")
    tried = _tried(git, head, experiment, release)
    branch = f"{promotion.PREFIX}{release.version}"
    if push and promotion.proposed(branch):
        return
    if signed:  # a dispatch waits for the signature, a person gets the error at once
        ask = signature.awaited if isinstance(asked.event, Healthy) else signature.verify
        ask(release.image)
    with branches.prepared(git, branch, head):
        written = [release_path(PRODUCTION), release_path(PRODUCTION).with_name(evidence.NAME)]
        for path, content in zip(written, (text, proof.render()), strict=True):
            write_text(root / path, content)
        git.run("add", "--", *map(str, written))
        seen = "\n".join(evidence.describe(proof))
        branches.save(git, f"Promote version {release.version} to production\n\n{seen}\n")
        check_promotion.run(root, head)
    if push:
        promotion.propose(git, head, branch, release, proof, tried=tried)
        return
    print(
        f"prepared: branch {branch} gives production what {Layout.release} says, byte for byte\n"
        f"next: git push -u origin {branch}, and open a pull request; merging deploys it"
    )


def _tried(git: Git, head: str, path: Path | None, release: Release) -> Result | None:
    """The experiment in a file.

    Raises MainlineError when it was not of production, or compared other releases than these.
    """
    if path is None:
        return None
    found, runs = Result.read(path), release_at(git, head, PRODUCTION)
    main_version = runs.version if runs else "none"
    for wrong, has, wanted in (
        (f"the experiment was not in {PRODUCTION}", found.environment, PRODUCTION),
        (
            f"the experiment's challenger is not what {STAGING} runs",
            f"version {found.challenger_version}",
            f"version {release.version}",
        ),
        (
            f"the experiment's main model is not what {PRODUCTION} runs",
            f"version {found.main_version}",
            f"version {main_version}",
        ),
    ):
        if has != wanted:
            raise MainlineError(f"{wrong}.", where=path, found=has, expected=wanted)
    return found


def _staged(git: Git, head: str) -> tuple[Release, str]:
    release = release_at(git, head, STAGING)
    text = git.show(head, release_path(STAGING))
    if release is None or text is None:
        raise MainlineError("staging has no release on main, so there is nothing to promote.")
    return release, text


def _late(git: Git, head: str, release: Release, text: str) -> str:
    if text != git.show(head, release_path(PRODUCTION)):
        return ""
    return f"production has version {release.version} already."


def _proof(git: Git, release: Release, asked: Asked) -> Evidence | None:
    """The evidence for the release; None when the dispatch is about an earlier release of staging.

    Raises MainlineError when there is no evidence and no reason.
    """
    event = asked.event
    if isinstance(event, Healthy):
        if event.environment != STAGING:
            raise MainlineError(f"a healthy {event.environment} does not start a promotion.")
        _, told = confirmed(git, event)
        return evidence.of_dispatch(git, event, release) if told == release else None
    reason, given = (asked.override or "").strip(), None
    if isinstance(event, ByHand):
        reason = f"{event.reason.strip()} ({event.sender})" if event.reason.strip() else ""
        if event.evidence.strip():
            given = Evidence.parse(event.evidence, name="the input `evidence`")
            given = replace(given, made_by=f"{given.made_by}, given by {event.sender}")
    elif asked.smoked:
        given = evidence.read(asked.smoked)
    if given:
        if any(check.name == evidence.TOLD for check in given.checks):
            raise MainlineError(f"the check `{evidence.TOLD}` is valid only in Argo CD's messages.")
        return replace(given, override=reason or None)
    if reason:
        return Evidence(
            version=release.version,
            digest=release.digest,
            where="nowhere",
            checks=[],
            override=reason,
        )
    raise MainlineError(
        "a promotion needs evidence that the release works: --evidence FILE, written by "
        "`mainline smoke URL --evidence FILE`, "
        "or --override REASON, which is kept in git."
    )
