"""Bins that a reference fixes, so that rows can be counted elsewhere, for example in a database."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mainline.drift.numbers import Sorted, edges

OTHERS = 3  # the bins before the first end: missing, minus infinity, infinity


@dataclass(frozen=True)
class Bins:
    """Numbers as float32, as a model reads them.

    A finite value belongs to the first of `ends` (bins - 1,) that is not below it, or to the last
    bin. `reference` are the reference's rows: missing, minus infinity, infinity, then each bin.
    """

    ends: np.ndarray
    reference: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray, tolerance: float = 0.0) -> "Bins":
        """Tenths of finite values; a value with a tenth of the rows has a bin of its own.

        Values that differ by less than `tolerance` are the same: two servers may round a score
        differently.
        """
        column = _sorted(values)
        upper, alone = edges(column)
        lower = alone - tolerance
        if not tolerance:
            lower = np.nextafter(alone.astype(np.float32), np.float32(-np.inf))
        ends = np.unique(np.concatenate([upper + tolerance, lower]).astype(np.float32))
        return cls(ends, _counted(column, ends))

    def of_values(self, values: np.ndarray) -> np.ndarray:
        """As `reference`, of other values."""
        return _counted(_sorted(values), self.ends)

    def counts(
        self, rows: int, missing: int, below: int, above: int, up_to: list[int]
    ) -> np.ndarray:
        """As `reference`, from numbers of rows: those not above each end count minus infinity."""
        finite = rows - missing - above
        steps = np.diff([below, *up_to, finite])
        return np.array([missing, below, above, *steps], dtype=np.int64)

    def median(self, counts: np.ndarray) -> str:
        """About the middle of the finite values that were counted, as text."""
        steps = counts[OTHERS:]
        half = steps.sum() / 2
        if not half:
            return "none"
        place = int(np.searchsorted(np.cumsum(steps), half))
        if not 0 < place < len(self.ends):
            return self.labels()[OTHERS + place]
        low, high = (float(end) for end in self.ends[place - 1 : place + 1])
        part = (half - steps[:place].sum()) / steps[place]
        return f"{low + (high - low) * part:.4g}"

    def labels(self) -> list[str]:
        """A name for each bin."""
        shown = [f"{end:.4g}" for end in self.ends]
        if not shown:
            return ["missing", "-inf", "inf", "any number"]
        between = [low if low == high else f"{low} to {high}" for low, high in pairwise(shown)]
        return ["missing", "-inf", "inf", f"up to {shown[0]}", *between, f"above {shown[-1]}"]


def _sorted(values: np.ndarray) -> Sorted:
    with np.errstate(over="ignore"):  # beyond float32: infinity, as for the model
        ordered = np.sort(values.astype(np.float32)).astype(np.float64)
    return Sorted(ordered, int(np.searchsorted(ordered, np.nan)))


def _counted(column: Sorted, ends: np.ndarray) -> np.ndarray:
    finite = column.finite
    missing = len(column.values) - column.known
    above = column.known - column.below - len(finite)
    up_to = np.searchsorted(finite, ends.astype(np.float64), side="right")
    steps = np.diff([0, *up_to, len(finite)])
    return np.array([missing, column.below, above, *steps], dtype=np.int64)
