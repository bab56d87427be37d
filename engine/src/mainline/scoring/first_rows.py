"""The first rows of a Parquet, CSV or JSON lines file, as an Arrow table."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import json

from mainline.core.errors import DataError
from mainline.data.sources.columns import cleaned
from mainline.data.sources.delimited import read_delimited
from mainline.data.sources.file import FileSource

MISSING = FileSource.model_fields["missing"].default


def first_rows(path: Path, count: int, numbers: Iterable[str]) -> Any:
    """At most `count` rows. A CSV file's `numbers` are read as numbers, all else as text.

    Raises DataError for a file that is absent, of another kind, damaged or without rows.
    """
    kinds = {".parquet": _parquet, ".csv": _csv, ".jsonl": _json}
    if path.suffix not in kinds:
        known = ", ".join(kinds)
        raise DataError("is no table.", where=path, expected=f"a name that ends in {known}")
    try:
        table = kinds[path.suffix](path, count, numbers) if path.stat().st_size else pa.table({})
    except FileNotFoundError:
        raise DataError("does not exist.", where=path) from None
    except (pa.ArrowException, IsADirectoryError) as error:
        raise DataError(f"cannot be read ({str(error).splitlines()[0]}).", where=path) from None
    if not table.num_rows:
        raise DataError("has no rows.", where=path)
    return table[:count]


def _parquet(path: Path, count: int, _: Iterable[str]) -> Any:
    with pq.ParquetFile(path) as file:
        return pa.Table.from_batches(islice(file.iter_batches(count), 1), file.schema_arrow)


def _csv(path: Path, count: int, numbers: Iterable[str]) -> Any:
    frame = read_delimited(path.read_bytes(), name=str(path), delimiter=",").head(count)
    table = pa.Table.from_pandas(cleaned(frame, MISSING), preserve_index=False)
    for name in table.column_names:
        if name in numbers:
            values = table[name].cast(pa.float64())
            table = table.set_column(table.column_names.index(name), name, values)
    return table


def _json(path: Path, count: int, _: Iterable[str]) -> Any:
    with path.open("rb") as file:
        lines = b"".join(islice(file, count))
    return json.read_json(pa.BufferReader(lines)) if lines.strip() else pa.table({})
