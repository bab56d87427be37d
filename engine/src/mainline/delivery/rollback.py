"""The command `rollback`: prepares the revert that rolls an environment back by one release."""

from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.delivery import branch as branches
from mainline.delivery.deployments import deployments
from mainline.git import Git
from mainline.k8s.environments import main, release_path

ENTANGLED = "A later change depends on this one. Revert the later change first, or revert by hand:"


def run(root: Path, environment: str) -> None:
    """Revert the newest deployment of an environment on a new branch, and print the next step.

    Raises MainlineError when the working tree is not clean, there is no earlier release, or the
    revert does not restore it byte for byte. The working tree is then unchanged.
    """
    git = Git(root)
    path = release_path(environment)
    head = main(git)
    found = deployments(git, head, environment)
    earlier = found[-2].release if len(found) > 1 else None
    if earlier is None:
        raise MainlineError(f"{environment} has no earlier release to roll back to.")
    bad, good, version = found[-1], found[-2], earlier.version
    wanted = git.show(good.commit, path)
    branch = f"rollback-{environment}-{bad.commit[:7]}"
    with branches.prepared(git, branch, head):
        try:
            branches.revert(git, bad.commit, f"Roll back {environment} to version {version}")
        except MainlineError as error:
            clash = git.differing("--diff-filter=U")
            said = f"{bad.commit[:7]} cannot be reverted, because of {', '.join(clash)}."
            raise MainlineError(
                f"{said if clash else error}\n{ENTANGLED} `git revert {bad.commit[:7]}`."
            ) from None
        if git.show("HEAD", path) != wanted:
            raise MainlineError(f"{path} differs from {good.commit[:7]}. {ENTANGLED}")
    print(
        f"{environment}: rolled back from version {bad.release.version if bad.release else 'none'} "
        f"to version {version} ({bad.commit[:7]} {bad.subject})\n"
        f"next: git push -u origin {branch}, then open a pull request; rollbacks pass the gate"
    )
