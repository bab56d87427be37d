"""Binary: the target is 0 or 1, a score is the probability of 1."""

import numpy as np
import pandas as pd

from mainline.evaluation import auc, curves
from mainline.evaluation.interval import Estimate
from mainline.evaluation.rows import Rows, resampled
from mainline.evaluation.settings import EvaluationSettings
from mainline.evaluation.tasks.task import Task
from mainline.evaluation.weighted import CELLS, AveragePrecision, from_sums, terms


class Binary(Task):
    """The leading figure is ROC AUC. The cells of the confusion matrix are further figures."""

    name = "binary"
    bounds, spread = (0.0, 1.0), (-1.0, 1.0)
    needs, method = "of both classes", "paired DeLong"
    wanting = "one class only, or scores that are not numbers"
    extra = CELLS
    columns = curves.RANKED

    def complete(self, target: np.ndarray) -> bool:
        """Whether both classes have rows."""
        return bool(0 < target.sum() < len(target))

    def judgeable(self, target: np.ndarray, scores: np.ndarray) -> bool:
        """Whether every score is a probability."""
        if scores.shape != target.shape or not self.complete(target):
            return False
        return bool(((scores >= 0) & (scores <= 1)).all())

    def influences(self, target: np.ndarray, scores: np.ndarray) -> tuple[float, np.ndarray]:
        """ROC AUC and DeLong's placements."""
        if scores.shape != target.shape:
            return float("nan"), np.full(len(target), np.nan)
        return auc.influences(target == 1, scores)

    def strata(self, target: np.ndarray) -> np.ndarray:
        """The classes."""
        return target

    def curves(self, target: np.ndarray, scores: np.ndarray) -> dict[str, pd.DataFrame]:
        """ROC, precision and recall, calibration."""
        if not self.judgeable(target, scores):
            return self.nothing()
        return curves.ranked([(target, scores)]) | curves.by_tenth(target, scores)

    def _others(
        self, rows: Rows, scores: np.ndarray, settings: EvaluationSettings
    ) -> dict[str, Estimate]:
        by_row = terms(rows.target, scores, settings.threshold or 0.0)
        precision = AveragePrecision(rows.target, scores)
        found = resampled(rows, by_row, from_sums, settings, {"pr_auc": precision})
        if settings.threshold is None:  # costs could not choose one
            found |= dict.fromkeys(("f1", *CELLS), Estimate.none())
        return found
