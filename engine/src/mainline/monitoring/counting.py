"""Counts rows of the log in DuckDB, in bins that the reference fixes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mainline.drift import categories
from mainline.drift.bins import Bins
from mainline.monitoring.log_table import ANSWERED, LogTable
from mainline.monitoring.noise import Mean, Sample

LARGEST = "3.4028234e38"  # of float32; beyond it a server reads infinity
NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER",
           "UBIGINT", "BOOLEAN", "FLOAT")  # fmt: skip
HASHED = "[0-9a-f]{64}"  # the form of a keyed hash


def quoted(name: str) -> str:
    """A column's name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text in SQL."""
    return "'" + value.replace("'", "''") + "'"


def answered(version: str) -> str:
    """SQL of the condition that a version answered the row to a caller."""
    return f"{ANSWERED} AND version = {text(version)}"


def as_float(name: str, kind: str) -> str | None:
    """SQL of a column as float32, as the model reads it; None when it holds no numbers."""
    column = quoted(name)
    if kind in NUMBERS:
        return f"CAST({column} AS FLOAT)"
    if kind != "DOUBLE":
        return None
    return (
        f"CASE WHEN isnan({column}) OR abs({column}) <= {LARGEST} THEN CAST({column} AS FLOAT) "
        f"WHEN {column} > 0 THEN 'inf'::FLOAT ELSE '-inf'::FLOAT END"
    )


def aggregates(number: str, bins: Bins) -> list[str]:
    """SQL of what `counted` reads. For DuckDB, NaN is above infinity."""
    return [
        f"count_if({number} IS NULL OR isnan({number}))",
        f"count_if({number} = '-inf'::FLOAT)",
        f"count_if({number} = 'inf'::FLOAT)",
        *(f"count_if({number} <= {float(end)!r}::FLOAT)" for end in bins.ends),
    ]


def counted(bins: Bins, rows: int, found: Sequence[Any]) -> np.ndarray:
    """Rows in each bin, from the values of `aggregates`."""
    missing, below, above, *up_to = map(int, found)
    return bins.counts(rows, missing, below, above, up_to)


def numbers(log: LogTable, where: str, asked: dict[str, tuple[str, Bins]]) -> dict[str, np.ndarray]:
    """Rows in the bins of several columns (their SQL and bins by name), in one pass."""
    if not asked:
        return {}
    wanted = [aggregates(number, bins) for number, bins in asked.values()]
    columns = ", ".join(["count(*)", *(each for of in wanted for each in of)])
    rows, *values = log.one(f"SELECT {columns} FROM log WHERE {where}")
    found = {}
    for (name, (_, bins)), of in zip(asked.items(), wanted, strict=True):
        found[name] = counted(bins, int(rows), values[: len(of)])
        values = values[len(of) :]
    return found


def sample(log: LogTable, where: str) -> Sample:
    """The rows of the window. A row without an entity's key is an entity of its own."""
    rows, squares = log.one(
        "SELECT coalesce(sum(n), 0), "
        "coalesce(sum(CASE WHEN entity IS NULL THEN n ELSE n * n END), 0) "
        f"FROM (SELECT entity, count(*) AS n FROM log WHERE {where} GROUP BY entity)"
    )
    return Sample.of_sums(int(rows), float(squares))


def samples(log: LogTable, where: str, part: str) -> dict[int, Sample]:
    """As `sample`, of each part: SQL of a part's number, NULL in rows that are in none."""
    rows = log.rows(
        "SELECT part, sum(n), sum(CASE WHEN entity IS NULL THEN n ELSE n * n END) "
        f"FROM (SELECT {part} AS part, entity, count(*) AS n FROM log WHERE {where} "
        "GROUP BY part, entity) WHERE part IS NOT NULL GROUP BY part"
    )
    return {int(place): Sample.of_sums(int(n), float(squares)) for place, n, squares in rows}


@dataclass(frozen=True)
class Values:
    """The values of a category in the window: rows of the frequent ones and of missing ones.

    `unseen` are values that the reference does not have: how many, and in how many rows. `hashed`
    says that each value is a keyed hash.
    """

    frequent: dict[str, int]
    missing: int
    unseen: tuple[int, int]
    hashed: bool


def values(
    log: LogTable,
    where: str,
    name: str,
    *,
    known: Iterable[str],
    always: Iterable[str],
    least: float,
) -> Values:
    """The values of a column; `known` are the reference's.

    Frequent are those of `always`, and those with `categories.SHARE` of the rows and `least` rows.
    """
    import pandas as pd  # noqa: PLC0415  only for categories

    log.connection.register("known", pd.DataFrame({"v": pd.Series(list(known), dtype="str")}))
    log.rows(
        "CREATE OR REPLACE TEMP TABLE found AS SELECT CAST("
        f"{quoted(name)} AS VARCHAR) AS v, count(*) AS n FROM log WHERE {where} GROUP BY v"
    )
    missing = log.one("SELECT coalesce(sum(n), 0) FROM found WHERE v IS NULL OR v = ''")[0]
    unseen = log.one(
        "SELECT count(*), coalesce(sum(n), 0) FROM found WHERE v <> '' AND v NOT IN (FROM known)"
    )
    plain = log.one(
        f"SELECT count(*), count_if(NOT regexp_full_match(v, '{HASHED}')) FROM found WHERE v <> ''"
    )
    wanted = ", ".join(map(text, always)) or "NULL"
    frequent = log.rows(
        "SELECT v, n FROM found WHERE v <> '' AND (v IN (" + wanted + ") OR n >= greatest("
        f"{categories.SHARE} * (SELECT sum(n) FROM found WHERE v <> ''), {least}))"
        " ORDER BY v"
    )
    return Values(
        {str(value): int(rows) for value, rows in frequent},
        int(missing),
        (int(unseen[0]), int(unseen[1])),
        hashed=bool(plain[0]) and not plain[1],
    )


def mean(log: LogTable, where: str, number: str) -> Mean:
    """The mean of a number over the rows in which it is finite, its error clustered by entity."""
    sums = log.one(
        "SELECT coalesce(sum(c), 0), coalesce(sum(s), 0), "
        "coalesce(sum(CASE WHEN entity IS NULL THEN c ELSE c * c END), 0), "
        "coalesce(sum(CASE WHEN entity IS NULL THEN s ELSE c * s END), 0), "
        "coalesce(sum(CASE WHEN entity IS NULL THEN q ELSE s * s END), 0) "
        f"FROM (SELECT entity, count(*) AS c, sum(x) AS s, sum(x * x) AS q FROM "
        f"(SELECT entity, CAST({number} AS DOUBLE) AS x FROM log WHERE {where}) "
        "WHERE isfinite(x) GROUP BY entity)"
    )
    return Mean.of_sums(*map(float, sums))
