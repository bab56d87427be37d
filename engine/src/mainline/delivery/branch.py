"""Creates a branch for a command; if the command fails, the branch is removed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.git import Git
from mainline.github.identity import IDENTITY, authenticated


@contextmanager
def prepared(git: Git, branch: str, start: str) -> Iterator[None]:
    """Check out a new branch from `start`. If the block fails, restore the state before it.

    Untracked files outside the overlays are left alone. Raises MainlineError when other changes are
    not committed, or the branch exists.
    """
    _clean(git)
    if git.resolve(f"refs/heads/{branch}"):
        raise MainlineError(
            f"the branch {branch} exists already. To continue with it: `git switch {branch}`. To "
            f"start again: `git branch -D {branch}`, then run this command again."
        )
    before = git.run("symbolic-ref", "--short", "-q", "HEAD", check=False).strip()
    at = git.resolve("HEAD") or ""
    git.run("switch", "--quiet", "--no-track", "-c", branch, start)
    try:
        yield
    except BaseException:
        git.run("reset", "--quiet", "--hard")
        git.run("switch", "--quiet", *([before] if before else ["--detach", at]))
        git.run("branch", "--quiet", "-D", branch)
        raise


def _clean(git: Git) -> None:
    # What `reset --hard` would take along; evidence or notes that lie about are none of it.
    written = git.files("--others", "--exclude-standard", paths=[str(Layout.overlays)])
    names = git.differing("HEAD") + written
    if names:
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        raise MainlineError(
            f"there are changes that are not committed: {shown}. Commit them, or stash them "
            "with `git stash -u`."
        )


def revert(git: Git, commit: str, message: str) -> None:
    """Commit the revert of a commit. A merge is reverted relative to its first parent."""
    mainline = ["--mainline", "1"] if git.resolve(f"{commit}^2") else []
    git.run("revert", "--no-commit", *mainline, commit)
    save(git, f"{message}\n\nThis reverts commit {commit}.\n")


def save(git: Git, message: str) -> None:
    """Commit the staged changes, as git's user or, in a workflow, as the bot."""
    identity = IDENTITY if os.environ.get("GITHUB_ACTIONS") else ()
    git.run(*identity, "commit", "--quiet", "--no-verify", "--message", message)


def push(git: Git, branch: str) -> None:
    """Push the branch to GitHub with force: an earlier attempt may have left one there."""
    git.run(
        "push", "--quiet", "origin", f"+{branch}:refs/heads/{branch}", environment=authenticated()
    )
