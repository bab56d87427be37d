"""What the catalogue says of one column: enough to compare snapshots by, too little to know anyone.

Quantiles are values of the table, and what is computed keeps eight digits, so that another CPU
class writes the same.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

POINTS = (1, 5, 25, 50, 75, 95, 99)  # percent
FEW = 20  # values that are counted one by one, the most frequent ones
CROWD = 10  # entities that have to share a value before git hears of it
GLANCE = 10_000  # rows that tell a measurement from a number of few values


@dataclass(frozen=True)
class People:
    """The entity of each row."""

    of_rows: pd.Series

    @cached_property
    def most_rows(self) -> int:
        """The most rows that one entity has; counted once, since it takes a long table seconds."""
        return int(self.of_rows.value_counts().max()) if len(self.of_rows) else 0

    def crowd(self, rows: pd.Series, count: int) -> bool:
        """Whether these rows, `count` of them, are of enough entities."""
        return count >= CROWD * self.most_rows or self.of_rows[rows.index][rows].nunique() >= CROWD


def number(values: pd.Series, people: People) -> dict[str, Any]:
    """Range, moments and quantiles of the finite values; counts where there are few values."""
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
    """What is neither null nor infinite, float64."""
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    return np.asarray(numbers[np.isfinite(numbers)])


def quantiles(finite: np.ndarray, percents: tuple[float, ...]) -> list[float]:
    """The smallest values that at least so many percent do not exceed; no value is made up."""
    places = [min(max(math.ceil(p * len(finite) / 100), 1), len(finite)) - 1 for p in percents]
    ordered = np.partition(finite, sorted(set(places)))
    return [float(ordered[place]) for place in places]


def name(value: Any) -> str:
    """How a counted value is called."""
    return f"{value:.10g}" if isinstance(value, (int, float, np.number)) else str(value)


def rounded(value: Any) -> float | None:
    """Eight digits; None for what float64 could not hold."""
    return float(f"{value:.8g}") if math.isfinite(value) else None


def _mean(finite: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        return float(finite.mean())


def _deviation(finite: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        return float(finite.std())


def _counts(known: pd.Series, people: People) -> dict[str, Any]:
    """Counts of the most frequent values; those of too few entities are folded with the rest."""
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
