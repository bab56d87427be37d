"""The command `task check`: checks what a training workflow was submitted with, before it begins.

Its pod has the token that writes, and runs no code of the project.
"""

from pathlib import Path

from mainline.cluster import target
from mainline.cluster.checkout import clone
from mainline.core.files import write_text
from mainline.core.progress import say
from mainline.github.api import Api
from mainline.github.pulls import Pulls


def run(
    work: Path, *, revision: str, directory: Path, commit_file: Path, branch: str | None = None
) -> None:
    """Work below `work`, an empty folder. Writes the commit to `commit_file`.

    Raises MainlineError when the revision, the branch or the token is wrong. Nothing is changed.
    """
    checkout = clone(work, revision, directory)
    write_text(commit_file, checkout.commit)
    pulls = Pulls(Api.from_environment())  # after the clone, which knows the server
    name = target.checked(checkout, pulls, revision, branch)
    say("check", f"the pull request will come from {name}")
