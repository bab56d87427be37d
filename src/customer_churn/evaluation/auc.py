"""ROC AUC and its standard error by DeLong's placements, for rows that come in clusters.

A customer seen in twelve months gives twelve rows that are not independent. Each row's placement is
its influence on the AUC; influences are summed by entity before they are squared (Obuchowski 1997).
With one row an entity this is exactly DeLong's estimate (DeLong, DeLong and Clarke-Pearson 1988),
computed from midranks in O(n log n) (Sun and Xu 2014).
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
    """AUC of `scores` (rows,) for `target` in {0, 1}; `clusters` are entity numbers from 0."""
    value, influence = influences(target, scores)
    reach = _reach(influence, target, clusters, confidence)
    return Estimate(value, float(np.maximum(value - reach, 0)), float(np.minimum(value + reach, 1)))


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
    difference = value - other_value
    reach = _reach(influence - other_influence, target, clusters, confidence)
    return Estimate(
        difference,
        float(np.maximum(difference - reach, -1)),
        float(np.minimum(difference + reach, 1)),
    )


def _reach(
    influence: np.ndarray, target: np.ndarray, clusters: np.ndarray, confidence: float
) -> float:
    """Half the interval's width; NaN unless both classes are seen in two entities or more."""
    if not np.isfinite(influence).all():
        return float("nan")
    positive = target.astype(bool)
    of_positives = np.bincount(clusters, weights=np.where(positive, influence, 0.0))
    of_negatives = np.bincount(clusters, weights=np.where(positive, 0.0, influence))
    variance = (
        _correction(clusters[positive]) * (of_positives**2).sum()
        + _correction(clusters[~positive]) * (of_negatives**2).sum()
        + _correction(clusters) * 2 * (of_positives * of_negatives).sum()
    )
    return float(norm.ppf(0.5 + confidence / 2) * np.sqrt(variance))


def _correction(clusters: np.ndarray) -> float:
    """What makes a variance over n entities unbiased, n / (n - 1)."""
    groups = len(np.unique(clusters))
    return groups / (groups - 1) if groups > 1 else float("nan")
