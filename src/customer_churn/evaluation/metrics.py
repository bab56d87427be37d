"""The figures of a binary model, each with an interval.

ROC AUC has its own (see `auc.py`). The others are resampled by entity: whole entities are drawn
with replacement, all their rows with them, `resamples` times with a fixed seed.
"""

from dataclasses import dataclass

import numpy as np

from customer_churn.evaluation.auc import Estimate, roc_auc
from customer_churn.evaluation.settings import NAMES, EvaluationSettings
from customer_churn.evaluation.weighted import CELLS, AveragePrecision, from_sums, terms

CHUNK = 50  # resamples at a time: what a machine with many entities can hold


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

    `scores` are probabilities (rows,). When they cannot be judged (see `judgeable`) every figure is
    NaN: whoever reads them has to fail closed.
    """
    if not judgeable(rows.target, scores):
        nothing = Estimate(float("nan"), float("nan"), float("nan"))
        return dict.fromkeys((*NAMES, *CELLS), nothing)
    found = _resampled(rows, scores, settings)
    found["roc_auc"] = roc_auc(rows.target, scores, rows.clusters, settings.confidence)
    return {name: found[name] for name in (*NAMES, *CELLS)}


def judgeable(target: np.ndarray, scores: np.ndarray) -> bool:
    """Are there rows, of both classes, and is every score a probability? NaN is none."""
    return bool(0 < target.sum() < len(target) and ((scores >= 0) & (scores <= 1)).all())


def _resampled(rows: Rows, scores: np.ndarray, settings: EvaluationSettings) -> dict[str, Estimate]:
    entities = int(rows.clusters.max()) + 1
    by_row = terms(rows.target, scores, settings.threshold)
    sums = np.column_stack(
        [np.bincount(rows.clusters, weights=column, minlength=entities) for column in by_row.T]
    )
    precision = AveragePrecision(rows.target, scores)
    values = from_sums(sums.sum(axis=0, keepdims=True))
    values["pr_auc"] = np.array([precision(np.ones(len(rows)))])
    drawn: dict[str, list[float]] = {name: [] for name in values}
    rng = np.random.default_rng(settings.seed)
    for start in range(0, settings.resamples, CHUNK):
        count = min(CHUNK, settings.resamples - start)
        weights = np.stack([_draw(rng, entities) for _ in range(count)])
        for name, figure in from_sums(weights @ sums).items():
            drawn[name].extend(figure)
        drawn["pr_auc"].extend(precision(each[rows.clusters]) for each in weights)
    return {
        name: _percentiles(float(value[0]), drawn[name], settings.confidence)
        for name, value in values.items()
    }


def _draw(rng: np.random.Generator, entities: int) -> np.ndarray:
    """How often each entity is drawn, when as many are drawn as there are."""
    drawn = rng.integers(0, entities, entities)
    return np.bincount(drawn, minlength=entities).astype(np.float64)


def _percentiles(value: float, drawn: list[float], confidence: float) -> Estimate:
    """The middle of the resamples, stretched to the value itself.

    Resampling moves a figure that is a distance (a bias, a calibration error) away from zero.
    """
    if not np.isfinite(drawn).any():
        return Estimate(value, float("nan"), float("nan"))
    tail = (1 - confidence) / 2
    low, high = np.nanquantile(drawn, [tail, 1 - tail])
    return Estimate(value, min(float(low), value), max(float(high), value))
