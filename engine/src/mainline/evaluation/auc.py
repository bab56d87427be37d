"""ROC AUC and the influence of every row on it (DeLong's placements).

Computed from midranks in O(n log n) (Sun and Xu 2014).
"""

import numpy as np
from scipy.stats import rankdata


def influences(positive: np.ndarray, scores: np.ndarray) -> tuple[float, np.ndarray]:
    """The AUC and every row's influence on it, (rows,); NaN if a class or a score is missing."""
    positive = positive.astype(bool)
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
