"""The command `task compact`: tidies the gateway's log, by the settings in a clone."""

from pathlib import Path

from mainline.cluster.checkout import clone
from mainline.cluster.settings_in_clone import settings_of
from mainline.core.files import write_text
from mainline.request_log import compact


def run(work: Path, *, revision: str, directory: Path, store: str, commit_file: Path) -> None:
    """Work below `work`, an empty folder. Raises MainlineError as `clone` and `compact.run` do."""
    checkout = clone(work, revision, directory)
    write_text(commit_file, checkout.commit)
    compact.run(checkout.root, settings_of(checkout), store)
