"""The command `rollback`: prepares the revert that takes an environment back by one release."""

from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.delivery import branch as branches
from mainline.delivery.deployments import deployments
from mainline.git import Git
from mainline.k8s.environments import main, release_path

ENTANGLED = (
    "Something that came later depends on what is taken back: revert that first, or by hand:"
)


def run(root: Path, environment: str) -> None:
    """Revert the newest deployment of an environment, on a branch of its own, and say what next.

    Raises MainlineError when the tree is not clean, when there is nothing to go back to, or when
    the revert does not bring back the earlier release byte for byte; the tree is as before then.
    """
    git = Git(root)
    path = release_path(environment)
    head = main(git)
    found = deployments(git, head, environment)
    earlier = found[-2].release if len(found) > 1 else None
    if earlier is None:
        raise MainlineError(f"{environment} has had no release that it could go back to.")
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
            raise MainlineError(f"{path} is not what it was at {good.commit[:7]}. {ENTANGLED}")
    print(
        f"{environment}: version {bad.release.version if bad.release else 'none'} is taken back, "
        f"version {version} comes back ({bad.commit[:7]} {bad.subject})\n"
        f"next: git push -u origin {branch}, and open a pull request: the gate lets a rollback pass"
    )
