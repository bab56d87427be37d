"""The content hash of a model's files, and the version number derived from it."""

from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.files import sha256, tree_files

VERSION_DIGITS = 12  # hex digits: 48 bits stay exact in JSON numbers


def content_hash(directory: Path) -> str:
    """`sha256:` over the sorted lines `<sha256 of the file>  <path>`, as `sha256sum` prints them.

    Raises MainlineError when there is no file.
    """
    names = tree_files(directory)
    if not names:
        raise MainlineError(f"{directory} has no model; `dvc repro package` writes it.")
    lines = [f"{sha256((directory / name).read_bytes())}  {name.as_posix()}\n" for name in names]
    return "sha256:" + sha256("".join(lines).encode())


def version(content: str) -> int:
    """The version that TensorFlow Serving reports: the hash's first 12 digits as an integer."""
    return int(content.removeprefix("sha256:")[:VERSION_DIGITS], 16)


def version_prefix(number: int) -> str:
    """The first 12 hex digits of the content hash, computed from a version."""
    return f"{number:0{VERSION_DIGITS}x}"
