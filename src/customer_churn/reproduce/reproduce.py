"""The command `reproduce`: a revision's model trained again in a temporary clone, compared."""

from pathlib import Path

from customer_churn.core.progress import say
from customer_churn.forge.workflow import group, summarise
from customer_churn.git import Git
from customer_churn.reproduce import words
from customer_churn.reproduce.clone import cloned, equipped
from customer_churn.reproduce.outcome import compare
from customer_churn.reproduce.rebuild import rebuild
from customer_churn.reproduce.revision import find


def run(root: Path, revision: str | None, *, only_main: bool = False) -> bool:
    """Say whether bytes, digest and figures match. Returns whether they are what was promised.

    Raises MainlineError when there is no such revision, or it cannot be trained here.
    """
    git = Git(root)
    wanted = find(git, revision, only_main=only_main)
    if wanted is None:
        print("nothing is released on main yet, so there is nothing to reproduce")
        summarise("Nothing is released yet.")
        return True
    say("reproduce", f"{wanted.name}: {wanted.commit[:12]} in a temporary clone")
    with cloned(git, wanted.commit) as directory:
        with group("The revision's pipeline"):
            clone = equipped(root, directory)
            data = rebuild(git, wanted.commit, clone)
        outcome = compare(git, wanted, directory, clone.minor, data)
    print("\n".join(["", words.headline(outcome), *words.lines(outcome)]), flush=True)
    summarise(words.markdown(outcome))
    return outcome.open
