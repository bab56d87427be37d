"""Figures of weighted rows. A resample is a set of weights, so each must be fast.

All figures except average precision are functions of sums over rows. The sums are computed once for
each entity; then a resample of a million rows is a product of small matrices.
"""

import numpy as np

BINS = 10
LEAST = 1e-7  # the log loss clips scores to this distance from 0 and 1, as Keras does
CELLS = ("true_positives", "false_positives", "false_negatives", "true_negatives")


def terms(target: np.ndarray, scores: np.ndarray, threshold: float) -> np.ndarray:
    """Each row's contribution to the sums of `from_sums`, (rows, 8 + BINS)."""
    kept = np.clip(scores, LEAST, 1 - LEAST)
    excess = scores - target
    called, positive = scores >= threshold, target == 1
    cells = (called & positive, called & ~positive, ~called & positive, ~called & ~positive)
    by_bin = np.zeros((len(scores), BINS))
    by_bin[np.arange(len(scores)), bins(scores)] = excess
    loss = -np.where(positive, np.log(kept), np.log1p(-kept))
    return np.column_stack([np.ones(len(scores)), loss, excess**2, excess, *cells, by_bin])


def from_sums(sums: np.ndarray) -> dict[str, np.ndarray]:
    """Figures from sums of `terms`, (resamples, 8 + BINS); each figure is (resamples,)."""
    shares = sums / sums[:, :1]
    cells = dict(zip(CELLS, shares[:, 4:8].T, strict=True))
    hits = 2 * cells["true_positives"]
    counted = hits + cells["false_positives"] + cells["false_negatives"]
    return {
        "log_loss": shares[:, 1],
        "brier": shares[:, 2],
        "calibration_error": np.abs(shares[:, 8:]).sum(axis=1),
        "mean_bias": np.abs(shares[:, 3]),
        "f1": np.divide(hits, counted, out=np.full(len(sums), np.nan), where=counted > 0),
    } | cells


def bins(scores: np.ndarray) -> np.ndarray:
    """The calibration bin of every row: `BINS` bins of equal size; equal scores share a bin."""
    inner = np.quantile(scores, np.linspace(0, 1, BINS + 1)[1:-1])
    return np.searchsorted(inner, scores, side="right")


class AveragePrecision:
    """Average precision of one ranking, for many sets of weights. Equal scores are tied."""

    def __init__(self, target: np.ndarray, scores: np.ndarray) -> None:
        self._order = np.argsort(-scores, kind="stable")
        self._ends = np.flatnonzero(np.append(np.diff(scores[self._order]) != 0, True))
        self._positive = target[self._order]

    def __call__(self, weights: np.ndarray) -> float:
        """The figure for `weights` (rows,); NaN when no positive row has weight."""
        ranked = weights[self._order]
        hits = np.cumsum(ranked * self._positive)[self._ends]
        if not hits[-1]:
            return float("nan")
        taken = np.cumsum(ranked)[self._ends]
        gained = np.diff(hits, prepend=0.0)
        precision = np.divide(hits, taken, out=np.zeros(len(hits)), where=taken > 0)
        return float((gained * precision).sum() / hits[-1])
