"""Intervals of means that stay valid however often they are looked at.

An ordinary 95 % interval holds for one look that was planned. Looked at every day, it excludes the
truth sooner or later. These are asymptotic confidence sequences (Waudby-Smith et al. 2021,
equation 9; the choice of rho is their equation 161): the chance that any of all looks excludes the
truth is `alpha`.
"""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np

LEAST = 100  # observations: with fewer, the normal approximation holds for no skewed figure
TUNED_FOR = 5_000  # observations at which the interval is narrowest, next to an ordinary one
EVERYTHING = (-math.inf, math.inf)


@dataclass(frozen=True)
class Mean:
    """The mean of independent observations, and their standard deviation (not that of the mean)."""

    count: int
    mean: float
    deviation: float

    @classmethod
    def of(cls, values: np.ndarray) -> Self:
        """Of values (observations,). One value alone has no deviation: NaN."""
        count = len(values)
        deviation = float(np.std(values, ddof=1)) if count > 1 else math.nan
        return cls(count, float(np.mean(values)) if count else math.nan, deviation)

    @classmethod
    def of_shares(cls, values: np.ndarray) -> Self:
        """Of values from 0 to 1. The deviation counts two more at each end (Agresti, Coull 1998).

        Otherwise a hundred observations without a single event would have no spread at all.
        """
        if not len(values):
            return cls.of(values)
        return cls(len(values), float(np.mean(values)), float(np.std([*values, 0, 0, 1, 1])))

    def interval(self, *, alpha: float = 0.05, tuned_for: int = TUNED_FOR) -> tuple[float, float]:
        """As `mean_interval`."""
        return mean_interval(
            self.count, self.mean, self.deviation, alpha=alpha, tuned_for=tuned_for
        )


def mean_interval(
    count: int, mean: float, deviation: float, *, alpha: float = 0.05, tuned_for: int = TUNED_FOR
) -> tuple[float, float]:
    """The ends of the interval of a mean, in its unit; infinite when nothing is known yet.

    `count` observations that are independent of each other, so entities rather than rows. Of fewer
    than `LEAST`, of equal values and of values that are no numbers nothing is known. The
    difference of two figures of the same observations is the mean of their differences.
    """
    known = math.isfinite(mean) and math.isfinite(deviation) and deviation > 0
    if count < LEAST or not known:
        return EVERYTHING
    reach = deviation * _reach(count, alpha, tuned_for)
    return mean - reach, mean + reach


def difference_interval(
    first: Mean, second: Mean, *, alpha: float = 0.05, tuned_for: int = TUNED_FOR
) -> tuple[float, float]:
    """The ends of the interval of `second.mean - first.mean`, of two independent groups.

    The groups grow together, in any ratio. `tuned_for` counts the observations of both. Without
    `LEAST` observations in each group the interval is infinite.
    """
    groups = (first, second)
    if any(each.count < LEAST or not each.deviation > 0 for each in groups):
        return EVERYTHING
    count = first.count + second.count
    # As if each of all observations gave an estimate of the difference with this variance.
    variance = count * sum(each.deviation**2 / each.count for each in groups)
    return mean_interval(
        count, second.mean - first.mean, math.sqrt(variance), alpha=alpha, tuned_for=tuned_for
    )


def _reach(count: int, alpha: float, tuned_for: int) -> float:
    """Half the width for a deviation of 1."""
    squared = (-2 * math.log(alpha) + math.log(1 - 2 * math.log(alpha))) / tuned_for
    grown = count * squared + 1
    inner = 2 * grown * math.log(math.sqrt(grown) / alpha)
    return math.sqrt(inner / squared) / count
