"""The command `task check`: checks what a workflow was submitted with, before it begins.

Its pod has the token that writes, and runs no code of the project.
"""

from pathlib import Path

from mainline.cluster import target
from mainline.cluster.checkout import clone
from mainline.core.errors import MainlineError
from mainline.core.files import write_text
from mainline.core.layout import Layout
from mainline.core.progress import say
from mainline.github.api import Api
from mainline.github.pulls import Pulls
from mainline.params import params
from mainline.params.tune import MISSING
from mainline.tuning import study


def run(
    work: Path,
    *,
    revision: str,
    directory: Path,
    commit_file: Path,
    branch: str | None = None,
    tune: bool = False,
) -> None:
    """Work below `work`, an empty folder. Writes the commit to `commit_file`.

    With `tune` the search is checked, too, and its database is made ready. Raises MainlineError
    when the revision, the branch, the token or the search is wrong. git and GitHub stay as they
    are.
    """
    checkout = clone(work, revision, directory)
    write_text(commit_file, checkout.commit)
    pulls = Pulls(Api.from_environment())  # after the clone, which knows the server
    if tune:
        branch = f"tune-{checkout.commit[:12]}"  # one like it: the study's name depends on rows
    name = target.checked(checkout, pulls, revision, branch)
    if not tune:
        say("check", f"the pull request will come from {name}")
        return
    if params.check(checkout.root).tune is None:
        raise MainlineError(MISSING, where=Layout.params)
    say("check", f"trials will be in {study.prepared(study.shared())}")
