"""A model's files: these and no others, none of them a link, none of them huge."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from .finding import GraphError, shown

GRAPH = "saved_model.pb"
MEGABYTE = 1 << 20
NEEDED = {  # and the most bytes of each
    GRAPH: 64 * MEGABYTE,
    "fingerprint.pb": MEGABYTE,
    "variables/variables.index": 16 * MEGABYTE,
    "variables/variables.data-00000-of-00001": 1024 * MEGABYTE,
}
EXTRA = {
    "assets.extra/golden.json": 16 * MEGABYTE,
    "assets.extra/tf_serving_warmup_requests": 16 * MEGABYTE,
}
FOLDERS = ("assets", "assets.extra", "variables")  # `assets` must be empty


def copy(directory: Path, target: Path) -> None:
    """Copy the files to `target`, which does not exist. What is checked then is what is loaded.

    Raises GraphError when a file is missing, too large, a link or not one of a model's.
    """
    found = set(_names(directory, ""))
    missing = sorted(NEEDED.keys() - found)
    if missing:
        raise GraphError(f"{missing[0]} is missing")
    for name in sorted(found):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        _copy(directory / name, target / name, name)


def _names(directory: Path, prefix: str) -> Iterator[str]:
    try:
        entries = list(os.scandir(directory))
    except OSError as error:
        raise GraphError(f"{shown(prefix or 'the folder')}: {error.strerror}") from None
    for entry in entries:
        name = prefix + entry.name
        if entry.is_symlink():
            raise GraphError(f"{shown(name)} is a link; DVC's `cache.type` must not be symlink")
        if entry.is_dir() and name in FOLDERS:
            yield from _names(Path(entry), f"{name}/")
        elif entry.is_file() and name in NEEDED | EXTRA:
            yield name
        else:
            raise GraphError(f"{shown(name)} is not a file of a model that mainline makes")


def _copy(source: Path, target: Path, name: str) -> None:
    left = (NEEDED | EXTRA)[name]
    try:
        descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise GraphError(f"{name}: {error.strerror}") from None
    with os.fdopen(descriptor, "rb") as reading, target.open("xb") as writing:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise GraphError(f"{name} is not a regular file")
        while part := reading.read(min(MEGABYTE, left + 1)):
            left -= len(part)
            if left < 0:
                raise GraphError(f"{name} is larger than {(NEEDED | EXTRA)[name]:,} bytes")
            writing.write(part)
