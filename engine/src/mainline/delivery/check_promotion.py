"""The command `check-promotion`: the required check that production gets only what staging ran."""

from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.delivery.evidence import NAME, Evidence, describe
from mainline.git import Git
from mainline.k8s.environments import PRODUCTION, STAGING, release_path
from mainline.release.release_file import Release


def run(root: Path, against: str) -> None:
    """Compare the working tree's production release with what main has had.

    Raises MainlineError unless it is main's own, one that production ran before (a rollback), or
    one that staging has on main, with good evidence or a recorded reason beside it.
    """
    git = Git(root)
    base = git.known(against)
    path = release_path(PRODUCTION)
    text = _text(root / path)
    since = git.fork_point(base) or base  # a branch that main has left behind takes nothing back
    if text in (git.show(base, path), git.show(since, path)):
        print("production: nothing changes")
        return
    if text is None:
        raise MainlineError(f"{path} is taken away; production would be left without a model.")
    release = Release.parse(text, name=str(path))
    if _had(git, base, PRODUCTION, text):
        print(f"production: back to version {release.version}, which it ran before")
        return
    if not _had(git, base, STAGING, text):
        raise MainlineError(
            f"{path} is not, byte for byte, a release that staging had on {against}: a model "
            "reaches production by `mainline promote`."
        )
    name = path.with_name(NAME)
    proof = _text(root / name)
    if proof is None:
        raise MainlineError(
            f"{name} is missing: nobody says that this release was seen to work. "
            "`mainline promote --evidence FILE` writes it."
        )
    evidence = Evidence.parse(proof, name=str(name))
    problem = evidence.problem(release)
    if problem:
        raise MainlineError(f"{name} does not carry version {release.version}: {problem}.")
    print("\n".join([f"production: version {release.version}", *describe(evidence)]))


def _had(git: Git, revision: str, environment: str, text: str) -> bool:
    path = release_path(environment)
    return text in git.texts([commit.hash for commit in git.line(revision, path)], path)


def _text(path: Path) -> str | None:
    # As bytes: read as text, a file with other ends of lines would be the same.
    return path.read_bytes().decode("utf-8") if path.is_file() else None
