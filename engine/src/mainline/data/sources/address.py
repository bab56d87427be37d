"""Bytes behind a local path or any address that fsspec can open, unpacked when gzip packed them."""

import gzip
import io
import zlib
from pathlib import Path

import fsspec

from mainline.core.errors import DataError

GZIP = b"\x1f\x8b"
CHUNK = 1 << 24
# Tables shrink to a third or a tenth; ten times the same row still to a hundredth. What grows far
# more is not a table, and would fill the memory before an error shows.
SUSPICIOUS, HARMLESS = 200, 1 << 28


def absolute(name: str, root: Path) -> str:
    """A path of params.yaml as fsspec takes it: local ones begin at the repository.

    Raises DataError for the home of an unknown user.
    """
    try:
        return name if "://" in name else str(root / Path(name).expanduser())
    except RuntimeError:
        raise DataError(
            f"{name}: there is no user of that name here; a file whose name begins with ~ is "
            f"written ./{name}."
        ) from None


def content(name: str, address: str) -> bytes:
    """The stored bytes; `name` is what errors call them. Raises DataError when there are none."""
    try:
        with fsspec.open(address, "rb") as file:
            found: bytes = file.read()
    except Exception as error:  # every file system of fsspec has exceptions of its own
        raise DataError(f"{name} (data.source.path) {why(error)}") from None
    if not found or found.isspace():
        raise DataError(f"{name} is empty ({len(found)} bytes).")
    return found


def unpacked(packed: bytes, name: str) -> bytes | bytearray:
    """The bytes, unpacked if the first two bytes are gzip's; the file name does not matter."""
    if not packed.startswith(GZIP):
        return packed
    most = max(HARMLESS, SUSPICIOUS * len(packed))
    found = bytearray()
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
            while chunk := file.read(CHUNK):
                found += chunk
                if len(found) > most:
                    raise DataError(
                        f"{name} ({len(packed):,} bytes) unpacks to more than {most:,} bytes, "
                        "which no table does. If it is right, unpack it first."
                    )
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"{name} is not a whole gzip file (damaged or cut off?): {error}."
        ) from None
    if not found:
        raise DataError(f"{name} is empty once it is unpacked.")
    return found


def why(error: BaseException) -> str:
    """The first cause: over HTTP, fsspec calls every failure a file that is not found."""
    while error.__cause__ is not None:
        error = error.__cause__
    if isinstance(error, FileNotFoundError) or getattr(error, "status", None) == 404:
        return "does not exist."
    if isinstance(error, ImportError):
        return f"needs a package that is not installed: {error}"
    return f"cannot be read: {type(error).__name__}: {error}"
