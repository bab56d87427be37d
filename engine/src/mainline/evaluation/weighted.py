"""Figures of weighted rows. A resample is a set of weights, so it must cost a few sums at most.

All figures but average precision are made of sums over rows. Those are added up once an entity;
after that a resample of a million rows is one product of small matrices.
"""

import numpy as np

BINS = 10
LEAST = 1e-7  # scores are kept this far from 0 and 1 in the log loss, as Keras does
CELLS = ("true_positives", "false_positives", "false_negatives", "true_negatives")


def terms(target: np.ndarray, scores: np.ndarray, threshold: float) -> np.ndarray:
    """What each row adds to the sums that `from_sums` reads, (rows, 8 + BINS)."""
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
    """The calibration bin of every row: `BINS` bins with equal numbers of rows, ties together."""
    inner = np.quantile(scores, np.linspace(0, 1, BINS + 1)[1:-1])
    return np.searchsorted(inner, scores, side="right")


class AveragePrecision:
    """Average precision of one ranking under many weights; equal scores enter together."""

    def __init__(self, target: np.ndarray, scores: np.ndarray) -> None:
        self._order = np.argsort(-scores, kind="stable")
        self._ends = np.flatnonzero(np.append(np.diff(scores[self._order]) != 0, True))
        self._positive = target[self._order]

    def __call__(self, weights: np.ndarray) -> float:
        """The figure for `weights` (rows,); NaN when they hold no positive row."""
        ranked = weights[self._order]
        hits = np.cumsum(ranked * self._positive)[self._ends]
        if not hits[-1]:
            return float("nan")
        taken = np.cumsum(ranked)[self._ends]
        gained = np.diff(hits, prepend=0.0)
        precision = np.divide(hits, taken, out=np.zeros(len(hits)), where=taken > 0)
        return float((gained * precision).sum() / hits[-1])
