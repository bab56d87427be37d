"""The scores of some rows as shares of bins: numbers, or the classes that have most."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from mainline.drift.bins import Bins
from mainline.monitoring import counting

ROUNDING = 1e-5  # of the scores' size: two servers may round differently
SCORE, SCORES = "score", "scores"


class Distribution(Protocol):
    """Bins of the reference, and SQL that counts the rows of the log in them."""

    @property
    def labels(self) -> list[str]:
        """A name for each bin."""

    def reference(self, mask: np.ndarray) -> np.ndarray:
        """Rows of the reference in each bin, of those that a mask (rows,) names."""

    def aggregates(self) -> list[str]:
        """SQL of what `counted` reads."""

    def counted(self, rows: int, found: tuple[int, ...]) -> np.ndarray:
        """Rows of the log in each bin."""


@dataclass(frozen=True)
class Numbers:
    """A score for each row, (rows,)."""

    scores: np.ndarray
    bins: Bins

    @classmethod
    def of(cls, scores: np.ndarray, scale: float) -> "Numbers":
        """In tenths. `scale` is the size of scores."""
        return cls(scores, Bins.of(scores, ROUNDING * scale))

    @property
    def labels(self) -> list[str]:
        """A name for each bin."""
        return self.bins.labels()

    def reference(self, mask: np.ndarray) -> np.ndarray:
        """Rows of the reference in each bin."""
        return self.bins.of_values(self.scores[mask])

    def aggregates(self) -> list[str]:
        """SQL of what `counted` reads."""
        return counting.aggregates(counting.as_float(SCORE, "DOUBLE") or "", self.bins)

    def counted(self, rows: int, found: tuple[int, ...]) -> np.ndarray:
        """Rows of the log in each bin."""
        return counting.counted(self.bins, rows, found)


@dataclass(frozen=True)
class Classes:
    """Scores (rows, classes): the class with the largest one, as the model's label."""

    scores: np.ndarray
    names: list[str]

    @property
    def labels(self) -> list[str]:
        """A name for each bin."""
        return ["missing", *self.names]

    def reference(self, mask: np.ndarray) -> np.ndarray:
        """Rows of the reference in each bin."""
        found = np.bincount(self.scores[mask].argmax(axis=1), minlength=len(self.names))
        return np.array([0, *found], dtype=np.int64)

    def aggregates(self) -> list[str]:
        """SQL of what `counted` reads."""
        largest = f"list_position({SCORES}, list_max({SCORES}))"
        # DuckDB takes NaN for the largest number; such a row has no class.
        largest = f"CASE WHEN isfinite(list_sum({SCORES})) THEN {largest} END"
        return [f"count_if({largest} = {place + 1})" for place in range(len(self.names))]

    def counted(self, rows: int, found: tuple[int, ...]) -> np.ndarray:
        """Rows of the log in each bin."""
        return np.array([rows - sum(found), *found], dtype=np.int64)
