"""The command `check-promotion`: a required check. Production gets only releases of staging.

So does a challenger, in any environment.
"""

from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.delivery.deployments import origins
from mainline.delivery.evidence import NAME, Evidence, describe
from mainline.git import Git
from mainline.k8s.environments import (
    ENVIRONMENTS,
    PRODUCTION,
    STAGING,
    challenger_path,
    release_path,
)
from mainline.release.release_file import Release


def run(root: Path, against: str) -> None:
    """Compare the working tree's production release with the releases on main.

    Raises MainlineError unless it is main's current one, an earlier one of production (a rollback),
    or one that staging had on main, together with good evidence or a recorded reason; or when a
    challenger is no release that staging had on main.
    """
    git = Git(root)
    base = git.known(against)
    for environment in ENVIRONMENTS:
        _challenger(git, base, environment)
    path = release_path(PRODUCTION)
    text = _text(root / path)
    since = git.fork_point(base) or base  # a branch behind main is not a rollback
    if text in (git.show(base, path), git.show(since, path)):
        print("production: nothing changes")
        return
    if text is None:
        raise MainlineError(f"{path} is removed; production would have no model.")
    release = Release.parse(text, name=str(path))
    if _had(git, base, PRODUCTION, text):
        print(f"production: back to version {release.version}, which it ran before")
        return
    if not _had(git, base, STAGING, text):
        raise MainlineError(
            f"{path} is not, byte for byte, a release that staging had on {against}. Use "
            "`mainline promote` to bring a release to production."
        )
    name = path.with_name(NAME)
    proof = _text(root / name)
    if proof is None:
        raise MainlineError(
            f"{name} is missing: there is no evidence that this release works. "
            "`mainline promote --evidence FILE` writes it."
        )
    evidence = Evidence.parse(proof, name=str(name))
    problem = evidence.problem(release)
    if problem:
        raise MainlineError(f"{name} does not support version {release.version}: {problem}.")
    print("\n".join([f"production: version {release.version}", *describe(evidence)]))


def _challenger(git: Git, base: str, environment: str) -> None:
    path = challenger_path(environment)
    text = _text(git.root / path)
    if text is None or text == git.show(base, path):
        return
    release = Release.parse(text, name=str(path))
    if release not in origins(git, base):
        raise MainlineError(
            f"{path} is no release that staging had on main, so it was neither judged nor signed. "
            "Use `mainline challenge` to propose a challenger."
        )
    print(f"{environment}: version {release.version} is its challenger")


def _had(git: Git, revision: str, environment: str, text: str) -> bool:
    path = release_path(environment)
    return text in git.texts([commit.hash for commit in git.line(revision, path)], path)


def _text(path: Path) -> str | None:
    # Read as bytes: text mode would hide different line endings.
    return path.read_bytes().decode("utf-8") if path.is_file() else None
