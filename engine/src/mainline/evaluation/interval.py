"""A figure with its interval, from every row's influence on it, for rows that come in clusters.

A customer seen in twelve months gives twelve rows that are not independent. Influences are summed
by entity before they are squared (Obuchowski 1997). Within strata (a target's classes) each sum
gets the correction of its own number of entities: with one row an entity and two classes this is
exactly DeLong's estimate (DeLong, DeLong and Clarke-Pearson 1988).
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

NO_INTERVAL = (
    "the difference has no interval: scores are no numbers, or a class is seen in one entity only."
)


@dataclass(frozen=True)
class Estimate:
    """A figure with the ends of its interval; NaN when it cannot be computed."""

    value: float
    low: float
    high: float

    @classmethod
    def none(cls) -> "Estimate":
        """What stands where there is no figure."""
        return cls(float("nan"), float("nan"), float("nan"))

    @classmethod
    def around(cls, value: float, reach: float, bounds: tuple[float, float]) -> "Estimate":
        """`value` and `reach` to both sides of it, but not beyond what the figure can be."""
        low = np.maximum(value - reach, bounds[0])  # NaN stays NaN, unlike with max()
        return cls(value, float(low), float(np.minimum(value + reach, bounds[1])))

    def rounded(self, *, unit: bool = False) -> dict[str, float | None]:
        """Plain values for a JSON file: null stands for "no figure".

        Six decimals, or for a figure in the target's own `unit`, of any size, seven digits.
        """
        named = {"value": self.value, "low": self.low, "high": self.high}
        return {
            name: (float(f"{figure:.7g}") if unit else round(float(figure), 6))
            if np.isfinite(figure)
            else None
            for name, figure in named.items()
        }


def reach(
    influence: np.ndarray, strata: np.ndarray, clusters: np.ndarray, confidence: float
) -> float:
    """Half the interval's width; NaN unless every stratum is seen in two entities or more.

    `influence` (rows,), `strata` numbers from 0 (rows,), `clusters` entity numbers from 0 (rows,).
    """
    if not (len(influence) and np.isfinite(influence).all()):
        return float("nan")
    total, own, apart = np.zeros(int(clusters.max()) + 1), 0.0, 0.0
    for stratum in np.unique(strata):
        inside = strata == stratum
        sums = np.bincount(clusters[inside], influence[inside], minlength=len(total))
        squares = (sums**2).sum()
        own += _correction(clusters[inside]) * squares
        apart += squares
        total += sums
    variance = own + _correction(clusters) * ((total**2).sum() - apart)
    return float(norm.ppf(0.5 + confidence / 2) * np.sqrt(variance))


def _correction(clusters: np.ndarray) -> float:
    """What makes a variance over n entities unbiased, n / (n - 1)."""
    groups = len(np.unique(clusters))
    return groups / (groups - 1) if groups > 1 else float("nan")
