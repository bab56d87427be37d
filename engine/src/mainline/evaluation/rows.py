"""Test rows, and the bootstrap of figures by entity.

Entities are drawn with replacement, with all their rows and a fixed seed. For figures that are
functions of sums over rows, the sums are computed once for each entity; then a resample of a
million rows is a product of small matrices.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from mainline.evaluation.interval import Estimate
from mainline.evaluation.settings import EvaluationSettings

CHUNK = 50  # resamples at a time, to limit memory with many entities

FromSums = Callable[[np.ndarray], dict[str, np.ndarray]]  # (resamples, sums) to (resamples,) each
OfWeights = Callable[[np.ndarray], float]  # weights (rows,) to a figure


@dataclass(frozen=True)
class Rows:
    """Test rows: `target` and `clusters` (entity numbers from 0), both (rows,)."""

    target: np.ndarray
    clusters: np.ndarray

    @classmethod
    def of(cls, target: object, entities: object) -> "Rows":
        """From two columns of a frame."""
        _, clusters = np.unique(np.asarray(entities, dtype=str), return_inverse=True)
        return cls(np.asarray(target), clusters)

    def __getitem__(self, mask: np.ndarray) -> "Rows":
        return Rows(self.target[mask], np.unique(self.clusters[mask], return_inverse=True)[1])

    def __len__(self) -> int:
        return len(self.target)


def resampled(
    rows: Rows,
    terms: np.ndarray,
    from_sums: FromSums,
    settings: EvaluationSettings,
    others: Mapping[str, OfWeights] | None = None,
) -> dict[str, Estimate]:
    """Figures with intervals: those of `from_sums` on `terms` (rows, sums), and `others`.

    `others` are not functions of sums, so they get the weight of every row in every resample.
    """
    others = others or {}
    entities = int(rows.clusters.max()) + 1
    sums = np.column_stack(
        [np.bincount(rows.clusters, weights=column, minlength=entities) for column in terms.T]
    )
    values = {name: float(value[0]) for name, value in from_sums(sums.sum(axis=0)[None]).items()}
    values |= {name: figure(np.ones(len(rows))) for name, figure in others.items()}
    drawn: dict[str, list[float]] = {name: [] for name in values}
    rng = np.random.default_rng(settings.seed)
    for start in range(0, settings.resamples, CHUNK):
        count = min(CHUNK, settings.resamples - start)
        weights = np.stack([_draw(rng, entities) for _ in range(count)])
        for name, found in from_sums(weights @ sums).items():
            drawn[name].extend(found)
        for name, figure in others.items():
            drawn[name].extend(figure(each[rows.clusters]) for each in weights)
    return {
        name: _percentiles(value, drawn[name], settings.confidence)
        for name, value in values.items()
    }


def _draw(rng: np.random.Generator, entities: int) -> np.ndarray:
    """How often each entity is drawn in one resample."""
    drawn = rng.integers(0, entities, entities)
    return np.bincount(drawn, minlength=entities).astype(np.float64)


def _percentiles(value: float, drawn: list[float], confidence: float) -> Estimate:
    """The percentile interval of the resamples, extended to include the value.

    Resampling moves figures that are distances (a bias, a calibration error) away from zero.
    """
    if not np.isfinite(drawn).any():
        return Estimate(value, float("nan"), float("nan"))
    tail = (1 - confidence) / 2
    low, high = np.nanquantile(drawn, [tail, 1 - tail])
    return Estimate(value, min(float(low), value), max(float(high), value))
