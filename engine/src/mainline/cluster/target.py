"""The branch that a workflow's pull request comes from, and its checks before training."""

from mainline.cluster.checkout import BRANCHES, Checkout, run_git
from mainline.core.errors import MainlineError
from mainline.git import MAINS
from mainline.github.identity import EMAIL
from mainline.github.pulls import Pulls
from mainline.proposal import base

MAIN = MAINS[0]


def checked(checkout: Checkout, pulls: Pulls, asked: str, branch: str | None) -> str:
    """The branch to push to: `branch` if it is given, else by what was asked for.

    Nothing is pushed. Raises MainlineError if the branch main is missing, the name is main or is
    no branch's name, the branch has a newer commit that is not the bot's, the commit holds an
    unresolved conflict, or the token may not push or read pull requests.
    """
    git = checkout.git
    if git.resolve(MAIN) is None:
        raise MainlineError("the repository has no branch main, and a model is proposed to main.")
    name = branch or _default(checkout, asked)
    if name == "main" or not git.run("check-ref-format", "--branch", name, check=False):
        raise MainlineError(
            f"the pull request cannot come from '{name}'.",
            where="--branch",
            expected="the name of a branch other than main",
        )
    tip = _tip(checkout, name)
    base.settled(checkout.root, "main")
    pulls.open(name)
    # The server refuses a token that may not write before git sends anything.
    target = f"{tip or checkout.commit}:refs/heads/{name}"
    run_git(checkout.root, "push", "--dry-run", "--quiet", "origin", target)
    return name


def _default(checkout: Checkout, asked: str) -> str:
    """The branch that was asked for. main, a tag and a commit get one of their own."""
    own = asked not in ("main", "HEAD") and checkout.git.resolve(f"{BRANCHES}{asked}")
    return asked if own else f"train-{checkout.commit[:12]}"


def _tip(checkout: Checkout, branch: str) -> str | None:
    """The branch's newest commit, or None if the branch does not exist.

    It must be the commit to train, or the bot's commit on top of it from an earlier attempt. Raises
    MainlineError otherwise.
    """
    git = checkout.git
    tip = git.resolve(f"{BRANCHES}{branch}")
    if tip in (None, checkout.commit):
        return tip
    ours = git.resolve(f"{tip}^") == checkout.commit
    if ours and git.run("log", "-1", "--format=%ce", str(tip)).strip() == EMAIL:
        return tip
    raise MainlineError(
        f"the branch {branch} has another newest commit than the one to train.",
        found=git.describe(str(tip)),
        expected=checkout.commit[:12],
        hint="Submit the workflow for the newest commit, or for another branch.",
    )
