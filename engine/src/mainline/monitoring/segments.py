"""The segments of `evaluation.slices`, in SQL over the log and as masks of the test rows."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from mainline.evaluation.slices import masks
from mainline.monitoring import counting
from mainline.monitoring.log_table import LogTable
from mainline.request_log.typed_columns import PREFIX

MOST = 20  # values of one column


@dataclass(frozen=True)
class Segment:
    """A part of the rows: its name, its mask of the test rows, its condition in SQL."""

    name: str
    mask: np.ndarray
    condition: str


def segments(
    log: LogTable, test: pd.DataFrame, slices: dict[str, list[float] | None]
) -> dict[str, list[Segment]]:
    """By column. A column that the log lacks or holds as a hash has none; nor have rare values."""
    found: dict[str, list[Segment]] = {}
    for column, bounds in slices.items():
        kind = log.types.get(PREFIX + column)
        number = counting.as_float(PREFIX + column, kind) if kind else None
        if kind is None or (bounds and number is None):
            continue
        named = dict(masks(test, {column: bounds}))
        conditions = _conditions(PREFIX + column, test[column], number, bounds)
        of = [
            Segment(name, mask, condition)
            for (name, mask), condition in zip(named.items(), conditions, strict=False)
        ]
        found[column] = sorted(of, key=lambda each: -int(each.mask.sum()))[:MOST]
    return found


def _conditions(
    name: str, values: pd.Series, number: str | None, bounds: list[float] | None
) -> list[str]:
    """In the order of `masks`. Numbers and bounds are float32, as the model reads them."""
    column = counting.quoted(name)
    missing = f"({column} IS NULL OR CAST({column} AS VARCHAR) IN ('', 'nan'))"
    if not bounds:
        each = [f"{column} = {counting.text(str(v))}" for v in sorted(values.dropna().unique())]
        return [*each, missing]
    edges = [float(np.float32(each)) for each in (-math.inf, *sorted(bounds), math.inf)]
    between = [
        f"{number} >= '{low}'::FLOAT AND NOT isnan({number})"
        + (f" AND {number} < '{high}'::FLOAT" if high < math.inf else "")
        for low, high in pairwise(edges)
    ]
    return [*between, missing]
