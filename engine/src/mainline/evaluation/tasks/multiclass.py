"""Multiclass: the target is the index of a class, scores are one probability for each class."""

from typing import Any

import numpy as np
import pandas as pd

from mainline.evaluation import auc, curves
from mainline.evaluation.interval import Estimate
from mainline.evaluation.rows import Rows, resampled
from mainline.evaluation.settings import EvaluationSettings
from mainline.evaluation.tasks.task import Task
from mainline.evaluation.weighted import BINS, LEAST, bins

ROUNDING = 1e-4  # tolerance for the sum of a row's probabilities: float32, many classes


class Multiclass(Task):
    """The leading figure is the mean over classes of the ROC AUC of one class against the rest."""

    name = "multiclass"
    bounds, spread = (0.0, 1.0), (-1.0, 1.0)
    needs, method = "of every class", "paired DeLong, the mean of the classes"
    wanting = "a class without rows, or scores that are not numbers"
    columns = curves.RANKED

    def __init__(self, labels: list[str]) -> None:
        """`labels` are the classes in the order of the scores."""
        self.labels = labels

    def complete(self, target: np.ndarray) -> bool:
        """Whether every class has rows, and no row has another class."""
        return bool(np.array_equal(np.unique(target), np.arange(len(self.labels))))

    def judgeable(self, target: np.ndarray, scores: np.ndarray) -> bool:
        """Whether each row of scores is a probability distribution."""
        if not self._fits(target, scores) or not ((scores >= 0) & (scores <= 1)).all():
            return False
        return bool((np.abs(scores.sum(axis=1) - 1) <= ROUNDING).all())

    def _fits(self, target: np.ndarray, scores: np.ndarray) -> bool:
        return scores.shape == (len(target), len(self.labels)) and self.complete(target)

    def influences(self, target: np.ndarray, scores: np.ndarray) -> tuple[float, np.ndarray]:
        """The mean of the classes' AUCs, and the mean of each row's influences on them."""
        if not self._fits(target, scores):
            return float("nan"), np.full(len(target), np.nan)
        each = [auc.influences(target == place, column) for place, column in enumerate(scores.T)]
        value = float(np.mean([value for value, _ in each]))
        return value, np.asarray(np.mean([influence for _, influence in each], axis=0))

    def strata(self, target: np.ndarray) -> np.ndarray:
        """The classes."""
        return target

    def curves(self, target: np.ndarray, scores: np.ndarray) -> dict[str, pd.DataFrame]:
        """ROC and precision averaged over classes, and the calibration of the label."""
        if not self.judgeable(target, scores):
            return self.nothing()
        questions = [(target == place, column) for place, column in enumerate(scores.T)]
        right = (scores.argmax(axis=1) == target).astype(np.float64)
        return curves.ranked(questions) | curves.by_tenth(right, scores.max(axis=1))

    def details(self, target: np.ndarray, scores: np.ndarray) -> dict[str, Any]:
        """The confusion matrix: rows of each class (outer key) by predicted class (inner key)."""
        if not self.judgeable(target, scores):
            return {"confusion": None}
        counts = np.zeros((len(self.labels), len(self.labels)), dtype=np.int64)
        np.add.at(counts, (target, scores.argmax(axis=1)), 1)
        rows = (dict(zip(self.labels, row, strict=True)) for row in counts.tolist())
        return {"confusion": dict(zip(self.labels, rows, strict=True))}

    def _others(
        self, rows: Rows, scores: np.ndarray, settings: EvaluationSettings
    ) -> dict[str, Estimate]:
        by_row = terms(rows.target, scores)
        return resampled(rows, by_row, lambda sums: from_sums(sums, len(self.labels)), settings)


def terms(target: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Each row's contribution to the sums of `from_sums`, (rows, 4 + 4 x classes + BINS)."""
    count, classes = scores.shape
    is_class = target[:, np.newaxis] == np.arange(classes)
    called = scores.argmax(axis=1)[:, np.newaxis] == np.arange(classes)
    excess = scores - is_class
    right = (is_class & called).any(axis=1)
    sure = scores.max(axis=1)
    by_bin = np.zeros((count, BINS))
    by_bin[np.arange(count), bins(sure)] = sure - right
    loss = -np.log(np.clip(scores[np.arange(count), target], LEAST, 1 - LEAST))
    brier = (excess**2).sum(axis=1)
    whole = [np.ones(count), loss, brier, right]
    return np.column_stack([*whole, excess, is_class & called, called, is_class, by_bin])


def from_sums(sums: np.ndarray, classes: int) -> dict[str, np.ndarray]:
    """Figures from sums of `terms`, (resamples, 4 + 4 x classes + BINS); each is (resamples,)."""
    shares = sums / sums[:, :1]
    ends = np.cumsum([4, classes, classes, classes, classes])
    excess, hits, called, known = (shares[:, start : start + classes] for start in ends[:-1])
    counted = called + known
    f1 = np.divide(2 * hits, counted, out=np.zeros(counted.shape), where=counted > 0)
    return {
        "log_loss": shares[:, 1],
        "brier": shares[:, 2],
        "accuracy": shares[:, 3],
        "macro_f1": f1.sum(axis=1)
        / (counted > 0).sum(axis=1),  # as in scikit-learn: only labels that occur
        "mean_bias": np.abs(excess).max(axis=1),
        "calibration_error": np.abs(shares[:, ends[-1] :]).sum(axis=1),
    }
