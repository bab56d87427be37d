"""The command `reproduce`: a revision's model trained again in a temporary clone, compared."""

from pathlib import Path

from mainline.core.progress import say
from mainline.git import Git
from mainline.github.workflow import group, summarise
from mainline.reproduce import words
from mainline.reproduce.clone import cloned, equipped
from mainline.reproduce.outcome import compare
from mainline.reproduce.rebuild import rebuild
from mainline.reproduce.revision import find


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
