"""A number's bins: tenths of the reference, so that one far outlier stretches none of them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

BINS = 10


@dataclass(frozen=True)
class Sorted:
    """A column in order, missing values last; `known` counts the others, infinite ones too."""

    values: np.ndarray
    known: int

    @classmethod
    def of(cls, column: pd.Series) -> "Sorted":
        """Sort once; all else is searched for."""
        values = np.sort(column.to_numpy(np.float64, na_value=np.nan))
        return cls(values, int(np.searchsorted(values, np.nan)))

    @property
    def finite(self) -> np.ndarray:
        """The values between the infinities."""
        return self.values[self.below : np.searchsorted(self.values, np.inf)]

    @property
    def below(self) -> int:
        """How many are minus infinity."""
        return int(np.searchsorted(self.values, -np.inf, side="right"))

    @property
    def median(self) -> float | None:
        """Of the values that are not missing; a value itself, not a mean of two."""
        return float(self.values[(self.known - 1) // 2]) if self.known else None


def counts(reference: Sorted, current: Sorted) -> tuple[np.ndarray, np.ndarray]:
    """Rows in each bin: missing, minus infinity, infinity, the tenths of the reference's values.

    A value that holds a tenth of the reference or more is a bin of its own, so that what lies
    beside it shows. What lies beyond the reference belongs to its outermost tenths.
    """
    finite = reference.finite
    places = -(-len(finite) * np.arange(1, BINS) // BINS) - 1
    edges = np.unique(finite[np.maximum(places, 0)]) if len(finite) else finite
    held = np.searchsorted(finite, edges, side="right") - np.searchsorted(finite, edges)
    alone = edges[held * BINS >= len(finite)]
    return _count(reference, edges, alone), _count(current, edges, alone)


def _count(column: Sorted, edges: np.ndarray, alone: np.ndarray) -> np.ndarray:
    """Bins end with an edge, and one ends just before every value that stands alone."""
    finite = column.finite
    up_to = np.searchsorted(finite, edges, side="right")
    before = np.searchsorted(finite, alone)
    ends = np.sort(np.concatenate([up_to, before]))  # counts grow with values: the same order
    missing, above = len(column.values) - column.known, column.known - column.below - len(finite)
    return np.concatenate(
        [[missing, column.below, above], np.diff(ends, prepend=0, append=len(finite))]
    )


def distance(reference: Sorted, current: Sorted) -> float | None:
    """Kolmogorov and Smirnov's: how far the shares of rows up to a value lie apart at most.

    Between two values of the reference only the current share grows, so it is enough to look at
    either side of each of the reference's. None where a table has no values.
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
