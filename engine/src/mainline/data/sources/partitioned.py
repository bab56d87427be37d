"""Many Parquet files as one table: a directory or a pattern, Hive partitions becoming columns."""

import hashlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import fsspec
import pyarrow as pa
import pyarrow.parquet

from mainline.core.errors import DataError
from mainline.data.sources import address
from mainline.data.sources.merged import merged

NULL = "__HIVE_DEFAULT_PARTITION__"
PARQUET = (".parquet", ".pq")


def many(name: str, root: Path) -> bool:
    """Whether a path means several files: a pattern, or a directory (a remote one ends with /)."""
    if "*" in name or name.endswith("/"):
        return True
    return "://" not in name and Path(address.absolute(name, root)).is_dir()


def read_partitioned(name: str, root: Path, *, any_name: bool) -> tuple[pa.Table, str]:
    """All rows, file by file in the order of their names, and the SHA-256 of all files.

    `any_name` takes files whose name does not end like Parquet's. The hash is that of the lines
    which `sha256sum` prints for them. Raises DataError that names the file which does not fit.
    """
    base, files, opened = _files(name, root, any_name=any_name)
    parts: dict[str, pa.Table] = {}
    sums = []
    for file in files:
        shown = f"{base}/{file}" if base else file
        content = address.content(shown, opened(file))
        sums.append(f"{hashlib.sha256(content).hexdigest()}  {file}\n")
        parts[shown] = _with_partitions(parquet(content, shown), file, shown)
    return merged(parts), hashlib.sha256("".join(sums).encode()).hexdigest()


def parquet(content: bytes | bytearray, name: str) -> pa.Table:
    """One file's rows. Raises DataError when it is not a Parquet file."""
    try:
        table = pa.parquet.read_table(pa.BufferReader(content), page_checksum_verification=True)
        table.validate(full=True)  # text that is no UTF-8, for one
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).partition(". ")[0].removesuffix(".")
        raise DataError(
            f"{name} is not a whole Parquet file (damaged or cut off?): {reason}."
        ) from None
    return table.replace_schema_metadata()  # pandas' notes may be damaged, and nothing needs them


def _files(name: str, root: Path, *, any_name: bool) -> tuple[str, list[str], Callable[[str], str]]:
    """Where the table begins, its files from there on, and how to open one."""
    base = _base(name)
    try:
        system, start = fsspec.core.url_to_fs(address.absolute(base or ".", root))
        if "*" in name:
            _, pattern = fsspec.core.url_to_fs(address.absolute(name, root))
            found = [path for path in system.glob(pattern) if system.isfile(path)]
        else:
            _, below = fsspec.core.url_to_fs(address.absolute(name, root))
            found = system.find(below)
    except Exception as error:  # every file system of fsspec has exceptions of its own
        raise DataError(f"{name} (data.source.path) {address.why(error)}") from None
    prefix = start.rstrip("/") + "/"
    names = sorted(path.removeprefix(prefix) for path in found)
    names = [path for path in names if not _hidden(path)]
    stray = [path for path in names if not path.endswith(PARQUET)]
    if stray and not any_name:
        raise DataError(
            f"{name} (data.source.path): '{stray[0]}' is no Parquet file by its name. A directory "
            "or pattern is read as Parquet; `format: parquet` takes files of any name."
        )
    if not names:
        raise DataError(f"{name} (data.source.path) holds no Parquet file.")
    return base, names, lambda file: str(system.unstrip_protocol(prefix + file))


def _base(name: str) -> str:
    """The path up to its first part that is a pattern or a partition."""
    parts = name.rstrip("/").split("/")
    first = next((at for at, part in enumerate(parts) if "*" in part or "=" in part), len(parts))
    return "/".join(parts[:first]) or ("/" if name.startswith("/") else "")


def _hidden(path: str) -> bool:
    """Marks that Spark and others leave (_SUCCESS, .part-0.crc) are no rows; `day=_` is a value."""
    return any(part.startswith(("_", ".")) for part in PurePosixPath(path).parts)


def _with_partitions(table: pa.Table, file: str, shown: str) -> pa.Table:
    for part in PurePosixPath(file).parts[:-1]:
        column, equals, value = part.partition("=")
        if not equals:
            continue
        if column in table.column_names:
            raise DataError(f"{shown} holds the column '{column}', and its folder names it, too.")
        text = None if value == NULL else unquote(value)
        constant = pa.repeat(pa.scalar(text, pa.string()), table.num_rows)
        table = table.append_column(unquote(column), constant)
    return table
