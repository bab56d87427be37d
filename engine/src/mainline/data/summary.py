"""Statistics of one column for the catalogue. They allow comparisons but identify no person.

Quantiles are values of the table. Computed values are rounded to eight digits, so that another CPU
class gives the same file.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

POINTS = (1, 5, 25, 50, 75, 95, 99)  # percent
FEW = 20  # most frequent values that are counted
CROWD = 10  # a value is only written if at least so many entities share it
GLANCE = 10_000  # rows that are tested for few distinct values first


@dataclass(frozen=True)
class People:
    """The entity of each row."""

    of_rows: pd.Series

    @cached_property
    def most_rows(self) -> int:
        """The largest number of rows of one entity. Cached: it takes seconds for a long table."""
        return int(self.of_rows.value_counts().max()) if len(self.of_rows) else 0

    def crowd(self, rows: pd.Series, count: int) -> bool:
        """Whether these `count` rows have enough different entities."""
        return count >= CROWD * self.most_rows or self.of_rows[rows.index][rows].nunique() >= CROWD


def number(values: pd.Series, people: People) -> dict[str, Any]:
    """Range, moments and quantiles of the finite values; counts if there are few distinct ones."""
    finite = finite_values(values)
    if not len(finite):
        return {}
    at = quantiles(finite, POINTS)
    held = np.clip(finite, at[0], at[-1])
    about = {
        "min": rounded(finite.min()),
        "mean": rounded(_mean(finite)),
        "max": rounded(finite.max()),
        "deviation": rounded(_deviation(finite)),
        "quantiles": {str(point): rounded(value) for point, value in zip(POINTS, at, strict=True)},
        "clipped": {"mean": rounded(_mean(held)), "deviation": rounded(_deviation(held))},
    }
    if len(np.unique(finite[:GLANCE])) <= FEW and values.nunique() <= FEW:
        about |= _counts(values[np.isfinite(values)], people)
    return about


def text(values: pd.Series, people: People) -> dict[str, Any]:
    """The number of different values, and how often the most frequent ones occur."""
    return {"distinct": int(values.nunique())} | _counts(values.dropna(), people)


def finite_values(values: pd.Series) -> np.ndarray:
    """The values that are neither null nor infinite, float64."""
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    return np.asarray(numbers[np.isfinite(numbers)])


def quantiles(finite: np.ndarray, percents: tuple[float, ...]) -> list[float]:
    """For each percentage, the smallest value that so many percent of the values do not exceed."""
    places = [min(max(math.ceil(p * len(finite) / 100), 1), len(finite)) - 1 for p in percents]
    ordered = np.partition(finite, sorted(set(places)))
    return [float(ordered[place]) for place in places]


def name(value: Any) -> str:
    """A counted value as text."""
    return f"{value:.10g}" if isinstance(value, (int, float, np.number)) else str(value)


def rounded(value: Any) -> float | None:
    """Eight digits; None if it is not finite."""
    return float(f"{value:.8g}") if math.isfinite(value) else None


def _mean(finite: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        return float(finite.mean())


def _deviation(finite: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        return float(finite.std())


def _counts(known: pd.Series, people: People) -> dict[str, Any]:
    """Counts of the most frequent values. Values of too few entities are added to `folded`."""
    counts = known.value_counts()
    first = sorted(counts.items(), key=lambda item: (-item[1], name(item[0])))[:FEW]
    shown = {
        name(value): int(count)
        for value, count in first
        if people.crowd(known == value, int(count))
    }
    return {
        "counts": {value: shown[value] for value in sorted(shown)},
        "folded": int(counts.sum()) - sum(shown.values()),
    }
