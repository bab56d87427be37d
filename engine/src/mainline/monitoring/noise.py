"""How large a drift chance alone makes: few rows, or many rows of few entities, differ by chance.

Without drift, the PSI of two samples of n and m independent rows is (1/n + 1/m) times a chi-square
value with one degree of freedom less than there are bins.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtri, ndtri


@dataclass(frozen=True)
class Sample:
    """A number of rows, and how many independent rows say as much (Kish's effective size).

    Rows of one entity may all be equal. So its rows count by their squares: n rows of n entities
    are n rows; n rows of one entity are one.
    """

    rows: int
    effective: float

    @classmethod
    def of(cls, counts: Sequence[int] | np.ndarray) -> "Sample":
        """From the number of rows of each entity."""
        each = np.asarray(counts, np.float64)
        return cls.of_sums(int(each.sum()), float((each**2).sum()))

    @classmethod
    def of_sums(cls, rows: int, squares: float) -> "Sample":
        """From the sum of these numbers, and that of their squares."""
        return cls(rows, rows**2 / squares if squares else 0.0)

    @property
    def alike(self) -> float:
        """Rows that say as much as one independent row."""
        return self.rows / self.effective if self.effective else 1.0


@dataclass(frozen=True)
class Floor:
    """What chance alone makes of a PSI: its mean, and the value that it exceeds at `alpha`."""

    mean: float
    most: float

    @classmethod
    def of(cls, bins: int, one: Sample, other: Sample, alpha: float) -> "Floor":
        """Of so many bins with rows."""
        scale = sum(1 / each.effective if each.effective else np.inf for each in (one, other))
        free = max(bins - 1, 1)
        return cls(float(scale * free), float(scale * chdtri(free, alpha)))

    def bar(self, least: float) -> float:
        """The PSI at which a column has drifted by `least` or more, beyond chance."""
        return max(least + self.mean, self.most)


@dataclass(frozen=True)
class Mean:
    """A mean over rows of entities, with its standard error (clustered by entity).

    `effective` is as in `Sample`. The error of one entity alone is unknown: infinity.
    """

    value: float
    error: float
    rows: int
    effective: float

    @classmethod
    def of(cls, values: np.ndarray, entities: np.ndarray) -> "Mean":
        """Of values (rows,) and the entities' numbers from 0 (rows,)."""
        sums, counts = np.bincount(entities, values), np.bincount(entities).astype(np.float64)
        return cls.of_sums(
            counts.sum(), sums.sum(), (counts**2).sum(), (counts * sums).sum(), (sums**2).sum()
        )

    @classmethod
    def of_sums(cls, rows: float, total: float, cc: float, cs: float, ss: float) -> "Mean":
        """From sums over entities: of rows c, values s, and their products."""
        if not rows:
            return cls(float("nan"), float("nan"), 0, 0.0)
        value, effective = total / rows, rows**2 / cc
        spread = max(ss - 2 * value * cs + value**2 * cc, 0.0)
        # Rows of few entities lie closer to their own mean than to the true one.
        few = effective / (effective - 1) if effective > 1 else np.inf
        error = np.sqrt(spread * few) / rows if np.isfinite(few) else np.inf
        return cls(float(value), float(error), int(rows), float(effective))


def reach(error: float, alpha: float) -> float:
    """Half the width of an interval that misses with probability `alpha`."""
    return float(-ndtri(alpha / 2) * error)
