"""The command `task stages`: runs stages of a commit and pushes what they made."""

from pathlib import Path

from mainline.cluster import part
from mainline.cluster.checkout import clone
from mainline.core.files import write_text


def run(work: Path, *, revision: str, stages: str, directory: Path, commit_file: Path) -> None:
    """Work below `work`, an empty folder. Writes the commit to `commit_file`.

    Raises MainlineError with the reason when anything fails. What was pushed stays: the next
    attempt goes on from there.
    """
    checkout = clone(work, revision, directory)
    write_text(commit_file, checkout.commit)
    part.run(checkout, stages)
