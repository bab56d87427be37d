"""The command `log compact`: one file for each hour that is over, each row once, old days deleted.

Any number of runs may work at once, and each may be killed at any point: a run deletes only files
whose rows stand in a file that it has finished. Until it has deleted them, rows stand twice.
"""

import time
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
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
KEY = ("request_id", "row", "arm", "time")


def run(root: Path, settings_file: Path | None, store: str | None) -> None:  # noqa: ARG001
    """Compact every hour that is over, and delete the days beyond `retention_days`.

    An hour that fails stops no other one. Raises the first of their errors at the end.
    """
    settings = read_settings(settings_file, store).log
    kept, now = Store(settings.store), time.time()
    oldest = datetime.fromtimestamp(now, UTC) - timedelta(days=settings.retention_days)
    failed: list[MainlineError] = []
    for day in kept.days():
        if day < f"{oldest:%Y-%m-%d}":
            kept.delete_day(day)
            print(f"day={day}: deleted, older than {settings.retention_days} days")
            continue
        for hour in kept.hours(day):
            if (hour + 1) * 3600 + LATE > now:
                continue
            try:
                said = compact(kept, hour)
            except MainlineError as error:
                failed.append(error)
            else:
                print(f"{folder_of(hour)}: {said}" if said else "", end="\n" if said else "")
    if failed:
        raise failed[0]


def compact(store: Store, hour: int) -> str:
    """Make one file of an hour. Returns what was done; empty when it was one already."""
    paths = store.files(hour)
    if not paths or (len(paths) == 1 and paths[0].rpartition("/")[2].startswith(COMPACTED)):
        return ""
    try:
        files = [store.opened(path) for path in paths]
        with reaching(store.place.named(paths[0])):
            kept = _first_of_each(files)
        with store.writing(hour, f"{COMPACTED}{uuid7()}") as stream:
            _write(files, kept, stream)
    except Exception:
        if set(store.files(hour)) >= set(paths):
            raise
        return "another run is at work here"  # and has removed what this one was reading
    for path in paths:
        store.delete(path)
    total = sum(file.metadata.num_rows for file in files)
    return f"{len(paths):,} files and {total:,} rows, {total - len(kept):,} of them twice"


def _first_of_each(files: list[pq.ParquetFile]) -> pa.Array:
    """The places of the rows that stay, counted through all files, in order."""
    keys = pa.concat_tables([file.read(columns=list(KEY)) for file in files])
    places = pa.array(range(len(keys)), pa.int64())
    first = keys.append_column("place", places).group_by(list(KEY)).aggregate([("place", "min")])
    return first["place_min"].combine_chunks().sort()


def _write(files: list[pq.ParquetFile], kept: pa.Array, stream: Any) -> None:
    schema = _schema([file.schema_arrow for file in files])
    numbers = memoryview(kept.buffers()[1]).cast("q")[: len(kept)] if len(kept) else []
    with pq.ParquetWriter(stream, schema, compression=COMPRESSION) as writer:
        waiting: list[pa.Table] = []
        start = 0
        for table in _groups(files):
            low, high = (bisect_left(numbers, edge) for edge in (start, start + len(table)))
            start += len(table)
            places = pa.array([number - start + len(table) for number in numbers[low:high]])
            waiting.append(_as(table.take(places) if high > low else table[:0], schema))
            if sum(map(len, waiting)) >= GROUP:
                writer.write_table(pa.concat_tables(waiting))
                waiting.clear()
        writer.write_table(pa.concat_tables([schema.empty_table(), *waiting]))


def _groups(files: list[pq.ParquetFile]) -> Iterator[pa.Table]:
    return (file.read_row_group(n) for file in files for n in range(file.num_row_groups))


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
