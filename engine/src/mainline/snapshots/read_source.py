"""One query to the source: the rows that became known after one day and up to another."""

import datetime
import uuid
from pathlib import Path
from typing import Any

import pyarrow as pa

from mainline.core.errors import MainlineError
from mainline.core.table import TableSettings
from mainline.data.sources.merged import merged
from mainline.data.sources.sql import AS_OF, SINCE, SqlSource
from mainline.snapshots.connection import connected

EARLIEST = datetime.date(1900, 1, 1)  # "since ever": the first day that all databases support
PIECE = 50_000


def ask(
    source: SqlSource, root: Path, since: datetime.date | None, as_of: datetime.date
) -> pa.Table:
    """The source's rows, sorted: the same rows give the same bytes.

    Types are the database's. Raises MainlineError when it does not answer, or not with a table.
    """
    import sqlalchemy  # noqa: PLC0415  only needed for a query

    values = {SINCE: since or EARLIEST, AS_OF: as_of}
    used = {name: day for name, day in values.items() if name == AS_OF or source.incremental}
    kinds = [sqlalchemy.bindparam(name, type_=sqlalchemy.Date) for name in used]
    query = sqlalchemy.text(source.query.strip().rstrip(";")).bindparams(*kinds)
    with connected(source, root) as connection:
        result = connection.execution_options(yield_per=PIECE).execute(query, used)
        if not result.returns_rows:
            raise MainlineError("data.source.query gives no rows: it is not a SELECT.")
        names = _names(list(result.keys()))
        parts = {"the answer": _table(names, [])}
        for number, rows in enumerate(result.partitions(PIECE)):
            parts[f"piece {number + 1} of the answer"] = _table(names, rows)
    answer = merged(parts)
    return answer.sort_by([(name, "ascending") for name in names])


def checked(answer: pa.Table, source: SqlSource, table: TableSettings) -> pa.Table:
    """Return the answer. Raises MainlineError when it lacks a column that the table needs."""
    names = [source.rename.get(name, name) for name in answer.column_names]
    missing = [name for name in table.columns if name not in names]
    if missing:
        raise MainlineError(
            f"data.source.query gives no column {', '.join(map(repr, missing))}; it gives: "
            f"{', '.join(map(repr, names))}. Fix the query, `data.source.rename` or `table`."
        )
    return answer


def _names(names: list[str]) -> list[str]:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise MainlineError(
            f"data.source.query gives two columns the name {', '.join(map(repr, twice))}; "
            "rename one of them with AS."
        )
    return names


def _table(names: list[str], rows: list[Any]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    pairs = zip(names, columns, strict=True)
    return pa.table({name: _column(name, values) for name, values in pairs})


def _column(name: str, values: Any) -> pa.Array:
    kind = type(next((value for value in values if value is not None), None))
    if kind is uuid.UUID:
        values = [value and str(value) for value in values]
    try:
        column = pa.array(values)
    except (pa.ArrowException, OverflowError) as error:
        raise MainlineError(
            f"data.source.query: the values of column '{name}' have different types "
            f"({str(error).splitlines()[0]}). CAST it in the query."
        ) from None
    if pa.types.is_nested(column.type):
        raise MainlineError(
            f"data.source.query: column '{name}' has {kind.__name__} values; a table can hold "
            "numbers, text, days and times. Select a part of it, or CAST it, in the query."
        )
    return column
