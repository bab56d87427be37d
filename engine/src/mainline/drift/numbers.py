"""The bins of a number: tenths of the reference, which outliers do not affect."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

BINS = 10


@dataclass(frozen=True)
class Sorted:
    """A sorted column, missing values last. `known` counts the others, including infinities."""

    values: np.ndarray
    known: int

    @classmethod
    def of(cls, column: pd.Series) -> "Sorted":
        """Sort the column. Everything else uses binary search."""
        values = np.sort(column.to_numpy(np.float64, na_value=np.nan))
        return cls(values, int(np.searchsorted(values, np.nan)))

    @property
    def finite(self) -> np.ndarray:
        """The finite values."""
        return self.values[self.below : np.searchsorted(self.values, np.inf)]

    @property
    def below(self) -> int:
        """The number of values that are minus infinity."""
        return int(np.searchsorted(self.values, -np.inf, side="right"))

    @property
    def median(self) -> float | None:
        """The lower median of the known values; None when there are none."""
        return float(self.values[(self.known - 1) // 2]) if self.known else None


def counts(reference: Sorted, current: Sorted) -> tuple[np.ndarray, np.ndarray]:
    """Rows in each bin: missing, minus infinity, infinity, the tenths of the reference's values.

    A value with a tenth of the reference's rows or more gets its own bin, so that changes next to
    it are visible. Values outside the reference's range belong to its first or last tenth.
    """
    upper, alone = edges(reference)
    return _count(reference, upper, alone), _count(current, upper, alone)


def edges(reference: Sorted) -> tuple[np.ndarray, np.ndarray]:
    """The last value of each tenth but the last, and those of them with a tenth of the rows."""
    finite = reference.finite
    places = -(-len(finite) * np.arange(1, BINS) // BINS) - 1
    upper = np.unique(finite[np.maximum(places, 0)]) if len(finite) else finite
    held = np.searchsorted(finite, upper, side="right") - np.searchsorted(finite, upper)
    return upper, upper[held * BINS >= len(finite)]


def _count(column: Sorted, upper: np.ndarray, alone: np.ndarray) -> np.ndarray:
    """Count rows up to each edge; a further bin ends just before each value of `alone`."""
    finite = column.finite
    up_to = np.searchsorted(finite, upper, side="right")
    before = np.searchsorted(finite, alone)
    ends = np.sort(np.concatenate([up_to, before]))  # counts grow with values: the same order
    missing, above = len(column.values) - column.known, column.known - column.below - len(finite)
    return np.concatenate(
        [[missing, column.below, above], np.diff(ends, prepend=0, append=len(finite))]
    )


def distance(reference: Sorted, current: Sorted) -> float | None:
    """The Kolmogorov-Smirnov distance: the largest difference of the cumulative distributions.

    Between two values of the reference only the current distribution grows, so it is enough to
    check both sides of each reference value. None when a table has no values.
    """
    theirs, ours = reference.values[: reference.known], current.values[: current.known]
    if not len(theirs) or not len(ours):
        return None
    new = np.ones(len(theirs), bool)
    np.not_equal(theirs[1:], theirs[:-1], out=new[1:])
    first = np.flatnonzero(new)
    values, after = theirs[first], np.append(first[1:], len(theirs))
    upto = np.searchsorted(ours, values)
    apart = np.abs(first / len(theirs) - upto / len(ours)).max()
    same = np.flatnonzero(ours[np.minimum(upto, len(ours) - 1)] == values)
    upto[same] = np.searchsorted(ours, values[same], side="right")
    return float(max(apart, np.abs(after / len(theirs) - upto / len(ours)).max()))
