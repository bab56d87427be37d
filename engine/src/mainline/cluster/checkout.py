"""A clone of the repository at one revision. A pod starts with nothing else."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from mainline.core.errors import GitError, MainlineError
from mainline.core.layout import Layout
from mainline.core.progress import say
from mainline.git import HASH, Git
from mainline.github.identity import authenticated
from mainline.lock.refusal import refuse, same_version
from mainline.stages import STAGES

FOLDER = "repository"  # below the directory that the pod works in
BRANCHES, TAGS = "refs/remotes/origin/", "refs/tags/"


@dataclass(frozen=True)
class Checkout:
    """The model's directory `root` in the clone, and the commit that is checked out."""

    root: Path
    commit: str

    @property
    def git(self) -> Git:
        """The clone's git, as seen from the model's directory."""
        return Git(self.root)


def clone(work: Path, revision: str, directory: Path = Path()) -> Checkout:
    """Clone REPOSITORY into `work` and check out a revision.

    Raises MainlineError when the repository, the revision or the model's directory is not there,
    or when another engine runs than the commit's engine.yaml names.
    """
    repository = address()
    target = work / FOLDER
    if target.exists():
        raise MainlineError(
            f"{target.absolute()} exists already; a task begins in an empty folder."
        )
    run_git(work, "clone", "--quiet", "--no-checkout", "--template=", "--", repository, FOLDER)
    git = Git(target)
    commit = _commit(git, revision, repository)
    run_git(target, "checkout", "--quiet", "--detach", commit)
    say("clone", f"{repository} at {git.describe(commit)}")
    root = target / directory
    if not root.resolve().is_relative_to(target.resolve()) or not Layout(root).pipeline.is_file():
        raise MainlineError(
            f"there is no {Layout.pipeline} in directory '{directory}' of {commit[:12]}.",
            hint="`--directory` is the model's directory below the git root.",
        )
    _same_engine(root)
    return Checkout(root, commit)


def address() -> str:
    """REPOSITORY. From here on its server gets GITHUB_TOKEN, unless another is set.

    Raises MainlineError when it is missing or holds a login.
    """
    repository = os.environ.get("REPOSITORY", "")
    if not repository:
        raise MainlineError("REPOSITORY is not set.", expected="the address to clone from")
    parts = urlsplit(repository)
    if parts.scheme not in ("http", "https"):
        return repository
    if "@" in parts.netloc:
        raise MainlineError(
            "REPOSITORY holds a user or a password, which logs would show.",
            hint="Put a token in GITHUB_TOKEN, from a Secret.",
        )
    server = f"{parts.scheme}://{parts.netloc}"
    os.environ.setdefault("GITHUB_SERVER_URL", server)
    if parts.hostname != "github.com":  # the API of a server of one's own
        os.environ.setdefault("GITHUB_API_URL", f"{server}/api/v3")
    return repository


def _commit(git: Git, revision: str, repository: str) -> str:
    """The commit that a branch, a tag or 40 digits name."""
    named = {git.resolve(f"{kind}{revision}") for kind in (BRANCHES, TAGS)} - {None}
    if len(named) > 1:
        raise MainlineError(
            f"'{revision}' is a branch and a tag of {repository}, at different commits.",
            hint="Name the commit, all 40 digits.",
        )
    if not named and HASH.fullmatch(revision):
        if git.resolve(revision) is None:  # a clone has only commits of branches and tags
            git.run(
                "fetch", "--quiet", "origin", revision, check=False, environment=authenticated()
            )
        named = {git.resolve(revision)} - {None}
    for commit in named:
        return str(commit)
    raise MainlineError(
        f"{repository} has no revision '{revision}'.",
        expected="a branch, a tag or all 40 digits of a commit",
    )


def run_git(where: Path, *arguments: str) -> None:
    """Run git, with the token if there is one.

    Raises MainlineError with the one line that says why it failed.
    """
    try:
        Git(where).run(*arguments, environment=authenticated())
    except GitError as error:
        lines = [line.strip() for line in str(error).splitlines()]
        fatal = [line.split("fatal: ")[-1] for line in lines if "fatal: " in line]
        why = "; ".join(fatal or lines[-1:])
        raise MainlineError(
            f"git {arguments[0]} failed: {why.rstrip('.')}.",
            hint="Check REPOSITORY, the Secret that GITHUB_TOKEN comes from, and the disk.",
        ) from None


def _same_engine(root: Path) -> None:
    """An image is built for one engine."""
    try:
        same_version(root)
        refuse(root, STAGES)
    except MainlineError as error:
        raise MainlineError(
            "this image holds another engine than the commit names.",
            where=error.where,
            found=error.found,
            expected=error.expected,
            hint="Run the image that was built from this commit (`make image`).",
        ) from None
