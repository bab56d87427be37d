"""What a child wrote into the one folder that is its own: data, whoever it obeyed."""

from pathlib import Path

from mainline.core.errors import MainlineError


def read(path: Path, folder: Path) -> str:
    """The text of a file of the child.

    Raises MainlineError when there is none, or a link leads out of the child's `folder`.
    """
    found = path.resolve()
    if not found.is_relative_to(folder.resolve()) or not found.is_file():
        raise MainlineError(f"the judge's process left no file {path.name}; the log says more.")
    return found.read_text(encoding="utf-8")
