"""ROC AUC and its standard error by DeLong's placements, for rows that come in clusters.

A customer seen in twelve months gives twelve rows that are not independent. Each row's placement is
its influence on the AUC; influences are summed by entity before they are squared (Obuchowski 1997).
With one row an entity this is DeLong's estimate (DeLong, DeLong and Clarke-Pearson 1988), computed
from midranks in O(n log n) (Sun and Xu 2014).
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, rankdata


@dataclass(frozen=True)
class Estimate:
    """A figure with the ends of its interval; NaN when it cannot be computed."""

    value: float
    low: float
    high: float

    def rounded(self, digits: int = 6) -> dict[str, float | None]:
        """Plain values for a JSON file: null stands for "no figure"."""
        named = {"value": self.value, "low": self.low, "high": self.high}
        return {
            name: round(float(figure), digits) if np.isfinite(figure) else None
            for name, figure in named.items()
        }


def influences(target: np.ndarray, scores: np.ndarray) -> tuple[float, np.ndarray]:
    """The AUC and every row's influence on it, (rows,); NaN when one class or a score is absent."""
    positive = target.astype(bool)
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    if not (n_positive and n_negative and np.isfinite(scores).all()):
        return float("nan"), np.full(len(scores), np.nan)
    ranks = rankdata(scores)
    placement = np.empty(len(scores))
    placement[positive] = (ranks[positive] - rankdata(scores[positive])) / n_negative
    above = (ranks[~positive] - rankdata(scores[~positive])) / n_positive
    placement[~positive] = 1 - above
    value = float(placement[positive].mean())
    counts = np.where(positive, n_positive, n_negative)
    return value, (placement - value) / counts


def roc_auc(
    target: np.ndarray, scores: np.ndarray, clusters: np.ndarray, confidence: float
) -> Estimate:
    """AUC of `scores` (rows,) for `target` in {0, 1}; `clusters` are entity numbers 0, 1, …"""
    value, influence = influences(target, scores)
    return _interval(value, influence, clusters, confidence, floor=0.0)


def paired_difference(
    target: np.ndarray,
    scores: np.ndarray,
    other: np.ndarray,
    clusters: np.ndarray,
    confidence: float,
) -> Estimate:
    """AUC of `scores` minus AUC of `other` on the same rows, with the interval of the difference.

    Rows on which both agree cancel, so the interval is much narrower than two intervals side by
    side; for equal scores it is exactly (0, 0, 0).
    """
    value, influence = influences(target, scores)
    other_value, other_influence = influences(target, other)
    return _interval(
        value - other_value, influence - other_influence, clusters, confidence, floor=-1.0
    )


def _interval(
    value: float, influence: np.ndarray, clusters: np.ndarray, confidence: float, *, floor: float
) -> Estimate:
    if not np.isfinite(value):
        return Estimate(float("nan"), float("nan"), float("nan"))
    sums = np.bincount(clusters, weights=influence)
    groups = len(np.unique(clusters))
    if groups < 2:
        return Estimate(value, float("nan"), float("nan"))
    error = float(np.sqrt((sums**2).sum() * groups / (groups - 1)))
    reach = float(norm.ppf(0.5 + confidence / 2)) * error
    return Estimate(value, max(value - reach, floor), min(value + reach, 1.0))
