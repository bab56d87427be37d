"""What stands in a store."""

import time
from collections.abc import Iterable
from pathlib import Path

import pyarrow.parquet as pq


def files(store: Path) -> list[str]:
    """The files below a folder, temporary ones too."""
    return sorted(str(path.relative_to(store)) for path in store.rglob("*") if path.is_file())


def rows(store: Path) -> list[dict]:
    """All rows of all whole files."""
    found = [each for each in sorted(store.rglob("*.parquet")) if each.name[0] != "."]
    return [row for path in found for row in pq.ParquetFile(path).read().to_pylist()]


def ids(found: Iterable) -> list[str]:
    """The ids of rows or exchanges, in order."""
    return sorted(e["request_id"] if isinstance(e, dict) else e.request_id for e in found)


def until(true, seconds=20.0) -> None:
    """Wait until a function says yes."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)
