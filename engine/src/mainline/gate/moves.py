"""How far a column has moved from main's catalogue: one distance for each statistic.

The distances are robust against outliers and heavy tails. Means are computed after clipping values
to main's 1 % and 99 % quantiles. The units of quantiles do not depend on the most extreme values.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mainline.data import summary
from mainline.data.checks.settings import Tolerances

IN_DEVIATIONS, IN_RANGES, IN_SHARES = "standard deviations", "interquartile ranges", "of the rows"
# Factor that turns a wider range of a normal distribution into its interquartile range.
RANGES = ((25, 75, 1.0), (5, 95, 0.41), (1, 99, 0.29))
CROWDED = 30  # expected rows by main's share; a value with fewer may be missing by chance


@dataclass(frozen=True)
class Move:
    """One statistic on main and here, as text, with its distance and the allowed distance.

    `rows` names the rows of `now` if they are not the whole table.
    """

    column: str
    what: str
    before: str
    now: str
    distance: float
    most: float
    unit: str
    rows: str = ""

    @property
    def statistic(self) -> str:
        """What moved, and in which rows."""
        return f"{self.what}, {self.rows}" if self.rows else self.what

    @property
    def ratio(self) -> float:
        """The distance divided by the allowed distance; infinite if it cannot be measured."""
        ratio = self.distance / self.most
        return ratio if math.isfinite(ratio) else math.inf

    @property
    def closes(self) -> bool:
        """Whether it has moved too far."""
        return not self.ratio <= 1

    def line(self) -> str:
        """As a sentence."""
        here = f"{self.now} in the {self.rows}" if self.rows else self.now
        far = f"{self.distance:.2g}" if math.isfinite(self.distance) else "too far to measure"
        return (
            f"{self.column}: {self.what} was {self.before} on main and is {here}: moved "
            f"{far} {self.unit}, at most {self.most:g}"
        )


def of_column(
    theirs: dict[str, Any], ours: pd.Series, most: Tolerances, *, target: bool
) -> Iterator[Move]:
    """Every statistic that both tables have. `theirs` is the column's entry in main's catalogue."""
    column = str(ours.name)
    nulls = float(ours.isna().mean())
    before = float(theirs["null_share"])
    far = abs(nulls - before)
    yield Move(column, "nulls", f"{before:.2%}", f"{nulls:.2%}", far, most.nulls, IN_SHARES)
    if pd.api.types.is_numeric_dtype(ours.dtype):
        finite = summary.finite_values(ours)
        if "quantiles" in theirs and not len(finite):
            shown = (_text(theirs["quantiles"]["50"]), "no value")
            yield Move(column, "median", *shown, math.inf, most.quantiles, IN_RANGES)
            return
        if "counts" in theirs:
            yield from _shares(column, theirs, ours[np.isfinite(ours)], most, target=target)
        elif "quantiles" in theirs:
            yield from _quantiles(column, theirs["quantiles"], finite, most)
        if "clipped" in theirs and not (target and "counts" in theirs):
            yield from _mean(column, theirs, finite, most)
    elif "counts" in theirs:
        yield from _shares(column, theirs, ours.dropna(), most, target=target)


def _mean(
    column: str, theirs: dict[str, Any], finite: np.ndarray, most: Tolerances
) -> Iterator[Move]:
    low, high = theirs["quantiles"]["1"], theirs["quantiles"]["99"]
    before, unit = theirs["clipped"]["mean"], theirs["clipped"]["deviation"]
    if not unit:
        return  # nearly all rows have one value: quantiles or shares compare it
    now = float(np.clip(finite, low, high).mean())
    far = abs(now - before) / unit
    yield Move(column, "mean", _text(before), _text(now), far, most.mean, IN_DEVIATIONS)


def _quantiles(
    column: str, theirs: dict[str, float], finite: np.ndarray, most: Tolerances
) -> Iterator[Move]:
    """Compare each quantile with our quantiles half a percent below and above it.

    The unit is the interquartile range, or the distance to the median if that is larger: in a heavy
    tail the chance error grows with it.
    """
    at = {int(percent): value for percent, value in theirs.items()}
    spans = ((at[high] - at[low]) * factor for low, high, factor in RANGES)
    unit = next((span for span in spans if span > 0), 0.0)
    if unit == 0:
        value = at[50]
        now = float(np.mean(finite == value))
        far, what = max(0.98 - now, 0.0), f"share of {_text(value)}"
        yield Move(column, what, "98% or more", f"{now:.2%}", far, most.shares, IN_SHARES)
        return
    slack = [(percent - 0.5, percent, percent + 0.5) for percent in at]
    ours = np.reshape(summary.quantiles(finite, tuple(np.ravel(slack).tolist())), (-1, 3))
    for (percent, before), (low, now, high) in zip(at.items(), ours, strict=True):
        far = max(low - before, before - high, 0.0) / max(unit, abs(before - at[50]))
        what = "median" if percent == 50 else f"{percent} % quantile"
        yield Move(column, what, _text(before), _text(now), float(far), most.quantiles, IN_RANGES)


def _shares(
    column: str, theirs: dict[str, Any], known: pd.Series, most: Tolerances, *, target: bool
) -> Iterator[Move]:
    """Compare each value's share. For the target the unit is that class's standard deviation."""
    counts = {summary.name(value): int(n) for value, n in known.value_counts().items()}
    rows = max(sum(counts.values()), 1)
    folded = theirs.get("folded", 0)
    if not counts and (theirs["counts"] or folded):
        yield Move(column, "known values", "some", "none", math.inf, most.shares, IN_SHARES)
        return
    total = max(sum(theirs["counts"].values()) + folded, 1)
    pairs = {name: (n, counts.get(name, 0)) for name, n in theirs["counts"].items()}
    rest = sum(counts.values()) - sum(now for _, now in pairs.values())
    if folded or rest:
        pairs["any other value"] = (folded, rest)
    for name, (before, now) in pairs.items():
        old, new = before / total, now / rows
        far, bound, unit = abs(new - old), most.shares, IN_SHARES
        if target:
            deviation = math.sqrt(old * (1 - old))
            far = far / deviation if deviation else (math.inf if far else 0.0)
            bound, unit = most.mean, IN_DEVIATIONS
        if now == 0 and old * rows >= CROWDED and most.shares < 1:
            far = math.inf  # gone or renamed
        yield Move(column, f"share of {name}", f"{old:.2%}", f"{new:.2%}", far, bound, unit)


def _text(value: float) -> str:
    return f"{value:.4g}"
