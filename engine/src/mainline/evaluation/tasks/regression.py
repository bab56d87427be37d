"""Regression: the target is a number, a score is the predicted number."""

import numpy as np
import pandas as pd

from mainline.evaluation import curves
from mainline.evaluation.interval import Estimate
from mainline.evaluation.rows import Rows, resampled
from mainline.evaluation.settings import EvaluationSettings
from mainline.evaluation.tasks.task import Task


class Regression(Task):
    """The leading figure is R², the explained share of the variance. It can be negative."""

    name = "regression"
    bounds, spread = (-np.inf, 1.0), (-np.inf, np.inf)
    needs, method = "with different targets", "paired by each row's influence on R²"
    wanting = "all targets the same, or scores that are not numbers"
    columns = curves.RANKED

    def complete(self, target: np.ndarray) -> bool:
        """Whether the targets are numbers and differ."""
        return bool(len(target) and np.isfinite(target).all() and np.ptp(target) > 0)

    def judgeable(self, target: np.ndarray, scores: np.ndarray) -> bool:
        """Whether every score is a number."""
        return bool(np.isfinite(self.influences(target, scores)[0]))

    def influences(self, target: np.ndarray, scores: np.ndarray) -> tuple[float, np.ndarray]:
        """R² = 1 - S/V, with the mean squared error S and the target's variance V."""
        nothing = float("nan"), np.full(len(target), np.nan)
        if scores.shape != target.shape or not self.complete(target):
            return nothing
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            errors = (target - scores.astype(np.float64)) ** 2
            distances = (target - target.mean()) ** 2
            error, variance = errors.mean(), distances.mean()
            ratio = error / variance
            influence = ((distances - variance) * ratio - (errors - error)) / variance
        if not (np.isfinite(ratio) and np.isfinite(influence).all()):
            return nothing
        return float(1 - ratio), influence / len(target)

    def strata(self, target: np.ndarray) -> np.ndarray:
        """One stratum for all rows."""
        return np.zeros(len(target), dtype=np.int8)

    def size(self, target: np.ndarray) -> float:
        """The size of the target; float32 rounds in proportion to it."""
        return float(target.std() + 0.002 * np.abs(target.mean()))

    def written(self, curve: pd.DataFrame) -> pd.DataFrame:
        """Seven significant digits, for any unit."""
        return curve.map(lambda value: float(f"{value:.7g}"))

    def curves(self, target: np.ndarray, scores: np.ndarray) -> dict[str, pd.DataFrame]:
        """Calibration by tenth."""
        if not self.judgeable(target, scores):
            return self.nothing()
        return self.nothing() | curves.by_tenth(target, scores)  # numbers have no ROC

    def _others(
        self, rows: Rows, scores: np.ndarray, settings: EvaluationSettings
    ) -> dict[str, Estimate]:
        errors = scores - rows.target
        by_row = np.column_stack([np.ones(len(rows)), errors, errors**2, np.abs(errors)])
        median = Median(np.abs(errors))
        return resampled(rows, by_row, from_sums, settings, {"median_absolute_error": median})


def from_sums(sums: np.ndarray) -> dict[str, np.ndarray]:
    """Figures from sums of rows, errors, squared and absolute ones; each is (resamples,)."""
    shares = sums / sums[:, :1]
    return {
        "rmse": np.sqrt(shares[:, 2]),
        "mae": shares[:, 3],
        "mean_bias": np.abs(shares[:, 1]),
    }


class Median:
    """The weighted median of one column, for many sets of weights."""

    def __init__(self, values: np.ndarray) -> None:
        self._order = np.argsort(values, kind="stable")
        self._values = values[self._order]

    def __call__(self, weights: np.ndarray) -> float:
        """The median for `weights` (rows,), whole numbers."""
        passed = np.cumsum(weights[self._order])
        half = passed[-1] / 2
        ends = [np.searchsorted(passed, half, side=side) for side in ("left", "right")]
        return float(self._values[np.minimum(ends, len(passed) - 1)].mean())
