"""The interval of a figure, computed from the influence of every row, for clustered rows.

The rows of one entity are not independent, for example twelve months of one customer. So influences
are summed by entity before they are squared (Obuchowski 1997). Within strata (the classes) each sum
is corrected by its own number of entities: with one row per entity and two classes this is exactly
DeLong's estimate (DeLong, DeLong and Clarke-Pearson 1988).
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

NO_INTERVAL = (
    "the difference has no interval: scores are not numbers, or a class has only one entity."
)


@dataclass(frozen=True)
class Estimate:
    """A figure with the ends of its interval; NaN when it cannot be computed."""

    value: float
    low: float
    high: float

    @classmethod
    def none(cls) -> "Estimate":
        """The value for a missing figure: NaN."""
        return cls(float("nan"), float("nan"), float("nan"))

    @classmethod
    def around(cls, value: float, reach: float, bounds: tuple[float, float]) -> "Estimate":
        """`value` plus and minus `reach`, limited to the figure's `bounds`."""
        low = np.maximum(value - reach, bounds[0])  # NaN stays NaN, unlike with max()
        return cls(value, float(low), float(np.minimum(value + reach, bounds[1])))

    def rounded(self, *, unit: bool = False) -> dict[str, float | None]:
        """Plain values for a JSON file; null means that there is no figure.

        Six decimals, or seven significant digits for a figure in the target's own `unit`.
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
    """Half the interval's width; NaN unless every stratum has two entities or more.

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
    """The factor n / (n - 1) that makes a variance over n entities unbiased."""
    groups = len(np.unique(clusters))
    return groups / (groups - 1) if groups > 1 else float("nan")
