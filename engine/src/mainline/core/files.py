"""Writes files atomically: to a temporary file next to the target, then by a rename."""

import errno
import glob
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mainline.core.errors import DataError, OutageError

# Errors of a write that may lack a file name.
NAMELESS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)


@contextmanager
def staged(path: Path) -> Iterator[Path]:
    """Yield a temporary path for a file or a directory. On success it replaces `path`.

    Raises OutageError when `path` is not writable.
    """
    temporary = path.with_name(f".{path.name}.partial-{os.getpid()}")
    with writing(path, temporary):
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path)
        try:
            yield temporary
            _put(temporary, path)
        finally:
            remove(temporary)


@contextmanager
def writing(path: Path, *others: Path) -> Iterator[None]:
    """Raise OutageError when the block is not allowed to write `path`, `others` or below them.

    Permission errors of other files, such as those of a project's own code, are not changed. A disk
    error without a file name, such as a full disk, gets `path` as its name.
    """
    try:
        yield
    except OSError as error:
        if error.errno in NAMELESS and error.filename is None:
            error.filename = str(path)
        if not isinstance(error, PermissionError) or error.filename is None:
            raise
        named = Path(os.fsdecode(error.filename))
        written = any(each in (named, *named.parents) for each in (path, *others))
        if not written and not path.is_relative_to(named):
            raise
        raise OutageError(
            f"{error.strerror}.",
            where=path,
            hint=f"`ls -ld {named.parent if written else named}` shows who may write there.",
        ) from error


def _sweep(path: Path) -> None:
    """Remove temporary files of processes that were killed."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*-*"):
        kind, _, number = left.name.removeprefix(f".{path.name}.").partition("-")
        if kind in ("partial", "aside") and number.isdigit() and not _lives(int(number)):
            remove(left)


def _lives(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return number != os.getpid()  # in a container, process numbers are reused


def remove(path: Path) -> None:
    """Remove a file or a directory if it exists. Raises OutageError when that is not permitted."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with writing(path):
            path.unlink(missing_ok=True)


def _put(new: Path, path: Path) -> None:
    if not path.is_dir():
        new.replace(path)
        return
    # A directory cannot be replaced in one call: move the old one away, and back on an error.
    aside = path.with_name(f".{path.name}.aside-{os.getpid()}")
    path.replace(aside)
    try:
        new.replace(path)
    except OSError:
        aside.replace(path)
        raise
    shutil.rmtree(aside)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text with Unix line ends, atomically."""
    with staged(path) as temporary:
        temporary.write_bytes(text.encode("utf-8"))


def json_text(value: Any) -> str:
    """Readable JSON; equal values give equal text. Raises ValueError on NaN and infinities."""
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write_json(path: Path, value: Any) -> None:
    """Write `json_text(value)`, atomically."""
    write_text(path, json_text(value))


def read_json(path: Path, *, made_by: str) -> Any:
    """Read a JSON file that an earlier step wrote. Raises DataError naming that step."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError("does not exist.", where=path, hint=f"`{made_by}` writes it.") from None
    except (ValueError, OSError) as error:
        raise DataError(
            f"cannot be read as JSON ({error}).", where=path, hint=f"`{made_by}` writes it."
        ) from None


def sha256(data: bytes) -> str:
    """SHA-256 as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def tree_files(directory: Path) -> list[Path]:
    """The relative paths of all files below `directory`, sorted."""
    found = (path for path in directory.rglob("*") if path.is_file())
    return sorted((path.relative_to(directory) for path in found), key=lambda path: path.as_posix())
