"""The command `log compact`: one file for each hour that is over, each row once, old days deleted.

Any number of runs may work at once, and each may be killed at any point: a run deletes only files
whose rows stand in a file that it has finished. Until it has deleted them, rows stand twice.
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mainline.core.errors import MainlineError
from mainline.core.places import reaching
from mainline.request_log.ids import uuid7
from mainline.request_log.input_types import common
from mainline.request_log.log_store import Store, folder_of
from mainline.request_log.segment_files import COMPRESSION
from mainline.request_log.settings import read_settings
from mainline.request_log.typed_columns import typed

LATE = 600  # seconds after its end, an hour is over: the last segments are there
GROUP = 131_072  # rows
COMPACTED = "compact-"
# A caller may give two requests one id, so the time counts too. Copies of a row are equal in all.
KEY = ("request_id", "row", "arm")  # and the time


def run(root: Path, settings_file: Path | None, store: str | None) -> None:  # noqa: ARG001
    """Compact every hour that is over, and delete the days beyond `retention_days`.

    An hour that fails stops no other one. Raises the first of their errors at the end.
    """
    settings = read_settings(settings_file, store, hashing=False).log
    kept, now = Store(settings.store), time.time()
    oldest = datetime.fromtimestamp(now, UTC) - timedelta(days=settings.retention_days)
    failed: list[MainlineError] = []
    days, done = kept.days(), False
    for day in days:
        if day < f"{oldest:%Y-%m-%d}":
            kept.delete_day(day)
            done = True
            print(f"day={day}: deleted, older than {settings.retention_days} days")
            continue
        for hour in kept.hours(day):
            if (hour + 1) * 3600 + LATE > now:
                continue
            try:
                said = compact(kept, hour)
            except MainlineError as error:
                failed.append(error)
                continue
            if said:
                done = True
                print(f"{folder_of(hour)}: {said}")
    if failed:
        raise failed[0]
    if not done:
        why = "every hour that is over is one file" if days else "the log has no day yet"
        print(f"{settings.store}: nothing to compact, {why}")


def compact(store: Store, hour: int) -> str:
    """Make one file of an hour. Returns what was done; empty when it was one already."""
    store.sweep(hour)
    paths = store.files(hour)
    if not paths or (len(paths) == 1 and paths[0].rpartition("/")[2].startswith(COMPACTED)):
        return ""
    try:
        schema, total = _shape(store, paths)
        with (
            store.writing(hour, f"{COMPACTED}{uuid7()}") as stream,
            reaching(store.place.named(paths[0])),
        ):
            kept = _write(_groups(store, paths), schema, stream)
    except Exception:
        if set(store.files(hour)) >= set(paths):
            raise
        return "another run is at work here"  # and has removed what this one was reading
    for path in paths:
        store.delete(path)
    return f"{len(paths):,} files and {total:,} rows, {total - kept:,} of them twice"


def _write(groups: Iterator[pa.Table], schema: pa.Schema, stream: Any) -> int:
    """Write the rows of all groups, each once. Returns their number."""
    seen: set[bytes] = set()
    waiting = [schema.empty_table()]
    with pq.ParquetWriter(stream, schema, compression=COMPRESSION) as writer:
        for table in groups:
            waiting.append(_as(table.filter(_new(table, seen)), schema))
            if sum(map(len, waiting)) >= GROUP:
                writer.write_table(pa.concat_tables(waiting))
                waiting.clear()
        if waiting:
            writer.write_table(pa.concat_tables(waiting))
    return len(seen)


def _new(table: pa.Table, seen: set[bytes]) -> pa.Array:
    """Which rows are met for the first time; adds them to `seen`, 90 bytes each."""
    times = table["time"].cast(pa.int64()).to_pylist()
    keys = zip(*(table[name].to_pylist() for name in KEY), times, strict=True)
    before, found = len(seen), []
    for key in keys:
        seen.add(blake2b(repr(key).encode(errors="replace"), digest_size=16).digest())
        found.append(len(seen) > before)
        before = len(seen)
    return pa.array(found, pa.bool_())


def _groups(store: Store, paths: list[str]) -> Iterator[pa.Table]:
    """One file is open at a time: an hour may have thousands."""
    for path in paths:
        with store.opened(path) as file:
            for number in range(file.num_row_groups):
                yield file.read_row_group(number)


def _shape(store: Store, paths: list[str]) -> tuple[pa.Schema, int]:
    """The schema that holds all files, and the number of their rows."""
    schemas, total = list[pa.Schema](), 0
    for path in paths:
        with store.opened(path) as file:
            schemas.append(file.schema_arrow)
            total += file.metadata.num_rows
    return _schema(schemas), total


def _schema(schemas: list[pa.Schema]) -> pa.Schema:
    """All columns of all files; those of one name get a type that holds the values of each."""
    types: dict[str, pa.DataType] = {}
    longest = max(schemas, key=len)
    for schema in (longest, *schemas):
        for field in schema:
            types[field.name] = common(types.get(field.name, field.type), field.type)
    return pa.schema(list(types.items()))


def _as(table: pa.Table, schema: pa.Schema) -> pa.Table:
    columns = [
        _column(table[field.name], field.type)
        if field.name in table.column_names
        else pa.nulls(len(table), field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _column(values: pa.ChunkedArray, kind: pa.DataType) -> Any:
    with suppress(pa.ArrowException):
        return values.cast(kind, safe=False)
    return typed(values.to_pylist(), kind)[0]
