"""The command `task stages`: runs stages of a commit and pushes what they made."""

from pathlib import Path

from mainline.cluster import part
from mainline.cluster.checkout import clone


def run(work: Path, *, revision: str, stages: str, directory: Path) -> None:
    """Work below `work`, an empty folder.

    Raises MainlineError with the reason when anything fails. What was pushed stays: the next
    attempt goes on from there.
    """
    part.run(clone(work, revision, directory), stages)
