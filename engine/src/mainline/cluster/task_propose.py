"""The command `task propose`: runs the last stages, judges the model, opens the pull request."""

from pathlib import Path

from mainline.cluster import part
from mainline.cluster.checkout import BRANCHES, Checkout, clone
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.progress import say
from mainline.git import MAINS
from mainline.github.api import Api
from mainline.github.identity import EMAIL
from mainline.github.pulls import Pulls
from mainline.pipeline.judge import judge
from mainline.proposal import base, commit, words

MAIN = MAINS[0]


def run(
    work: Path,
    *,
    revision: str,
    stages: str,
    directory: Path,
    asked: str | None = None,
    branch: str | None = None,
) -> None:
    """Work below `work`, an empty folder.

    Raises MainlineError when anything fails and when the gate is closed; then git and GitHub are
    as before. A second attempt finds the commit and the pull request of the first.
    """
    pulls = Pulls(Api.from_environment())
    checkout = clone(work, revision, directory)
    if checkout.git.resolve(MAIN) is None:
        raise MainlineError("the repository has no branch main, and a model is proposed to main.")
    name = branch or _branch(checkout, asked or revision)
    if name == "main" or not checkout.git.run("check-ref-format", "--branch", name, check=False):
        raise MainlineError(
            f"the pull request cannot come from '{name}'.",
            where="--branch",
            expected="the name of a branch other than main",
        )
    _newest(checkout, name)
    base.settled(checkout.root, "main")
    ran = part.run(checkout, stages, whole=True)
    if _as_main(checkout):
        say("propose", f"nothing to propose: {Layout.lock} is the same as main's")
        return
    headline = _judged(checkout)
    made = commit.commit(checkout.root, trained="train" in ran)
    tip = commit.push(checkout.root, name)
    say("commit", f"{tip} on {name}" if made else f"nothing new; {name} is at {tip}")
    pull = pulls.open(name) or pulls.make(name, *_text(checkout, headline))
    say("propose", f"pull request {pull['html_url']}")


def _branch(checkout: Checkout, asked: str) -> str:
    """The branch that was asked for. main, a tag and a commit get one of their own."""
    own = asked not in ("main", "HEAD") and checkout.git.resolve(f"{BRANCHES}{asked}")
    return asked if own else f"train-{checkout.commit[:12]}"


def _newest(checkout: Checkout, branch: str) -> None:
    """Raises MainlineError when the branch has a commit that this run does not know.

    The bot's commit on top of ours is that of an earlier attempt.
    """
    git = checkout.git
    tip = git.resolve(f"{BRANCHES}{branch}")
    if tip in (None, checkout.commit):
        return
    ours = git.resolve(f"{tip}^") == checkout.commit
    if ours and git.run("log", "-1", "--format=%ce", str(tip)).strip() == EMAIL:
        return
    raise MainlineError(
        f"the branch {branch} has another newest commit than the one that was trained.",
        found=git.describe(str(tip)),
        expected=checkout.commit[:12],
        hint="Submit the workflow for the newest commit.",
    )


def _as_main(checkout: Checkout) -> bool:
    lock = Layout(checkout.root).lock.read_text(encoding="utf-8")
    return not commit.changed(checkout.root) and lock == checkout.git.show(MAIN, Layout.lock)


def _judged(checkout: Checkout) -> str:
    """The verdict's sentence. Raises MainlineError with it when the gate is closed."""
    verdict = judge(checkout.root, against=MAIN, in_ci=True)
    text = Layout(checkout.root).comment.read_text(encoding="utf-8")
    print(f"\n{words.with_notes(text, [base.note(checkout.root, MAIN)])}\n", flush=True)
    if not verdict.open:
        raise MainlineError(f"{verdict.headline} The comment above has the reasons.")
    return verdict.headline


def _text(checkout: Checkout, headline: str) -> tuple[str, str]:
    """Title and body of the pull request."""
    subject = checkout.git.run("log", "-1", "--format=%s", checkout.commit).strip()
    return (
        f"Model of {checkout.commit[:12]}: {subject}"[:250],
        f"A workflow on the cluster trained commit {checkout.commit}.\n\n{headline} "
        "CI judges it again and comments here.\n",
    )
