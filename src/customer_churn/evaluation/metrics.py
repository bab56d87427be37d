"""The figures of a binary model, each with an interval.

ROC AUC has its own (see `auc.py`). The others are resampled by entity: whole entities are drawn
with replacement, all their rows with them, `resamples` times with a fixed seed.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from customer_churn.evaluation.auc import Estimate, roc_auc
from customer_churn.evaluation.settings import EvaluationSettings

BINS = 10
LEAST = 1e-7  # scores are kept this far from 0 and 1 in the log loss, as Keras does

NAMES = ("roc_auc", "pr_auc", "log_loss", "brier", "calibration_error", "mean_bias", "f1")
LOWER_IS_BETTER = frozenset({"log_loss", "brier", "calibration_error", "mean_bias"})

Weighted = Callable[[np.ndarray], float]


@dataclass(frozen=True)
class Rows:
    """Rows to judge on: `target` 0 or 1, and `clusters`, entity numbers from 0, both (rows,)."""

    target: np.ndarray
    clusters: np.ndarray

    @classmethod
    def of(cls, target: object, entities: object) -> "Rows":
        """From two columns of a frame."""
        _, clusters = np.unique(np.asarray(entities, dtype=str), return_inverse=True)
        return cls(np.asarray(target, dtype=np.int8), clusters)

    def __getitem__(self, mask: np.ndarray) -> "Rows":
        return Rows(self.target[mask], np.unique(self.clusters[mask], return_inverse=True)[1])

    def __len__(self) -> int:
        return len(self.target)


def figures(rows: Rows, scores: np.ndarray, settings: EvaluationSettings) -> dict[str, Estimate]:
    """Every figure of `NAMES` and the four shares of the confusion table (shares of all rows).

    `scores` are probabilities (rows,). When they cannot be judged (no rows, one class, a score that
    is no number) every figure is NaN: whoever reads them has to fail closed.
    """
    weighted = _weighted(rows.target, scores, settings.threshold)
    if not (0 < rows.target.sum() < len(rows) and np.isfinite(scores).all()):
        nothing = Estimate(float("nan"), float("nan"), float("nan"))
        return dict.fromkeys(("roc_auc", *weighted), nothing)
    auc = roc_auc(rows.target, scores, rows.clusters, settings.confidence)
    return {"roc_auc": auc} | _resampled(rows, weighted, settings)


def _resampled(
    rows: Rows, weighted: dict[str, Weighted], settings: EvaluationSettings
) -> dict[str, Estimate]:
    rng = np.random.default_rng(settings.seed)
    entities = int(rows.clusters.max()) + 1
    drawn: dict[str, list[float]] = {name: [] for name in weighted}
    for _ in range(settings.resamples):
        counts = np.bincount(rng.integers(0, entities, entities), minlength=entities)
        weights = counts[rows.clusters].astype(np.float64)
        for name, figure in weighted.items():
            drawn[name].append(figure(weights))
    tail = (1 - settings.confidence) / 2
    ones = np.ones(len(rows))
    return {
        name: Estimate(figure(ones), *np.nanquantile(drawn[name], [tail, 1 - tail]))
        for name, figure in weighted.items()
    }


def _weighted(target: np.ndarray, scores: np.ndarray, threshold: float) -> dict[str, Weighted]:
    """Each figure as a function of row weights, so that a resample costs a few sums."""
    kept = np.clip(scores, LEAST, 1 - LEAST)
    loss = -np.where(target == 1, np.log(kept), np.log1p(-kept))
    square = (scores - target) ** 2
    called = scores >= threshold
    cells = {
        "true_positives": called & (target == 1),
        "false_positives": called & (target == 0),
        "false_negatives": ~called & (target == 1),
        "true_negatives": ~called & (target == 0),
    }

    def share(values: np.ndarray) -> Weighted:
        return lambda weights: float(weights @ values / weights.sum())

    def f1(weights: np.ndarray) -> float:
        hits = weights @ cells["true_positives"]
        wrong = weights @ (cells["false_positives"] | cells["false_negatives"])
        return float(2 * hits / (2 * hits + wrong)) if hits + wrong else float("nan")

    return {
        "pr_auc": _average_precision(target, scores),
        "log_loss": share(loss),
        "brier": share(square),
        "calibration_error": _calibration_error(target, scores),
        "mean_bias": lambda weights: abs(share(scores - target)(weights)),
        "f1": f1,
    } | {name: share(cell) for name, cell in cells.items()}


def _average_precision(target: np.ndarray, scores: np.ndarray) -> Weighted:
    """Average precision; rows with equal scores enter together."""
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    positive = target[order]

    def figure(weights: np.ndarray) -> float:
        ranked = weights[order]
        hits = np.cumsum(ranked * positive)[ends]
        taken = np.cumsum(ranked)[ends]
        precision = hits / np.maximum(taken, 1e-12)
        return float(np.diff(hits, prepend=0.0) @ precision / max(hits[-1], 1e-12))

    return figure


def bins(scores: np.ndarray) -> np.ndarray:
    """The calibration bin of every row: `BINS` bins with equal numbers of rows, ties together."""
    inner = np.quantile(scores, np.linspace(0, 1, BINS + 1)[1:-1])
    return np.searchsorted(inner, scores, side="right")


def _calibration_error(target: np.ndarray, scores: np.ndarray) -> Weighted:
    """Mean distance between mean score and observed share over the bins, weighted by rows."""
    place = bins(scores) if len(scores) else np.zeros(0, dtype=np.int64)
    excess = scores - target

    def figure(weights: np.ndarray) -> float:
        gaps = np.bincount(place, weights=weights * excess, minlength=BINS)
        return float(np.abs(gaps).sum() / weights.sum())

    return figure
