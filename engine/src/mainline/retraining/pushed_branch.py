"""The branch of a retraining on the origin: pushed without losing what a person pushed there."""

from mainline.core.errors import GitError, MainlineError
from mainline.git import Git
from mainline.github.identity import EMAIL, authenticated
from mainline.proposal import aside


def push(git: Git, branch: str, main: str) -> None:
    """Push a new branch, one commit after `main`; one of the same files that is there stays.

    Another one was left behind by a job that died, and is replaced, if all of its commits beyond
    main are the bot's. Raises MainlineError when they are not, or it changes meanwhile.
    """
    target, there = f"refs/heads/{branch}", _there(git, branch)
    if there and _same(git, branch, there):
        return
    if there and not only_bots(git, main, there):
        raise MainlineError(
            f"the branch {branch} is on origin without an open pull request, with a commit that "
            "is not the bot's.",
            hint="Open its pull request, or delete the branch; then run this again.",
        )
    lease = f"--force-with-lease={target}:{there}"
    try:
        git.run(
            "push", "--quiet", lease, "origin", f"+{branch}:{target}", environment=authenticated()
        )
    except GitError:
        now = _there(git, branch)
        if now in (there, ""):
            raise
        if not _same(git, branch, now):
            raise MainlineError(
                f"the branch {branch} was pushed by another job meanwhile, with other files.",
                hint="Run this again: the reason then joins its pull request.",
            ) from None


def only_bots(git: Git, base: str, head: str) -> bool:
    """Whether every commit of `head` beyond `base` is the bot's; not when git does not know one."""
    try:
        return set(git.run("log", "--format=%ce", f"{base}..{head}").split("\n")[:-1]) <= {EMAIL}
    except MainlineError:
        return False


def _there(git: Git, branch: str) -> str:
    """The branch's commit on the origin, fetched; empty without one."""
    target, as_bot = f"refs/heads/{branch}", authenticated()
    found = git.run("ls-remote", "origin", target, environment=as_bot).partition("\t")[0]
    if found:
        git.run("fetch", "--quiet", "origin", target, environment=as_bot)
    return found


def _same(git: Git, branch: str, commit: str) -> bool:
    tree = git.run("rev-parse", f"{branch}^{{tree}}").strip()
    return aside.same(git, commit, tree, f"{branch}^")
