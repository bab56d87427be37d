"""The command `task propose`: runs the last stages, judges the model, opens the pull request."""

from pathlib import Path

from mainline.cluster import part, target
from mainline.cluster.checkout import Checkout, clone
from mainline.cluster.target import MAIN
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.progress import say
from mainline.gate.promise import promised
from mainline.github.api import Api
from mainline.github.pulls import Pulls
from mainline.pipeline.judge import judge
from mainline.proposal import base, commit, words
from mainline.proposal.machine import trained_on


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
    checkout = clone(work, revision, directory)
    pulls = Pulls(Api.from_environment())  # after the clone, which knows the server
    name = target.checked(checkout, pulls, asked or revision, branch)
    ran = part.run(checkout, stages, whole=True)
    if _as_main(checkout):
        say("propose", f"nothing to propose: {Layout.lock} is the same as main's")
        return
    headline = _judged(checkout, retrain=promised(name))  # as CI is going to judge it
    machine = trained_on(checkout.root) if "train" in ran else ""
    made = commit.commit(checkout.root, machine=machine)
    tip = commit.push(checkout.root, name)
    say("commit", f"{tip} on {name}" if made else f"nothing new; {name} is at {tip}")
    pull = pulls.open(name) or pulls.make(name, *_text(checkout, headline))
    say("propose", f"pull request {pull['html_url']}")


def _as_main(checkout: Checkout) -> bool:
    lock = Layout(checkout.root).lock.read_text(encoding="utf-8")
    return not commit.changed(checkout.root) and lock == checkout.git.show(MAIN, Layout.lock)


def _judged(checkout: Checkout, *, retrain: bool) -> str:
    """The verdict's sentence. Raises MainlineError with it when the gate is closed."""
    verdict = judge(checkout.root, against=MAIN, retrain=retrain, in_ci=True)
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
