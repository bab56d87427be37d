"""The mean of the scores beside the promised one: the mean of the target in the test rows."""

from dataclasses import dataclass

import numpy as np

from mainline.monitoring import counting
from mainline.monitoring.distribution import SCORE, SCORES
from mainline.monitoring.finding import Finding, Status
from mainline.monitoring.log_table import LogTable
from mainline.monitoring.noise import Mean, reach
from mainline.monitoring.reference import Reference
from mainline.monitoring.watched import Watched
from mainline.params.monitoring import PredictionSettings

KIND = "prediction"
# Entities, as `Sample` counts them, below which no mean is judged: their own spread says too little
# of how far it can be off. At 30 an interval for one in two thousand is an eighth too short.
LEAST_ENTITIES = 30


@dataclass(frozen=True)
class _Promise:
    """Of a class, or of the only score: its SQL, and the target's mean in units of `scale`."""

    label: str
    number: str
    mean: Mean
    scale: float = 1.0
    unit: str = ""


def findings(
    watched: Watched,
    reference: Reference,
    log: LogTable,
    settings: PredictionSettings,
    judged: bool,
) -> list[Finding]:
    """One finding, or one for each class. It alarms when its whole interval is beyond the bar."""
    where = counting.answered(watched.version)
    promises = _promises(watched, reference)
    alpha = settings.alpha / 2 / len(promises)
    return [
        _finding(each, counting.mean(log, where, each.number), settings.mean, alpha, judged)
        for each in promises
    ]


def _promises(watched: Watched, reference: Reference) -> list[_Promise]:
    table, test = watched.table, reference.test
    target = test[table.target].to_numpy(np.float64)
    keys = np.asarray(test[table.entity], dtype=str)
    clusters = np.unique(keys, return_inverse=True)[1]
    if table.task == "multiclass":
        return [
            _Promise(label, f"{SCORES}[{place + 1}]", Mean.of(target == place, clusters))
            for place, label in enumerate(table.labels)
        ]
    if table.task == "binary":
        return [_Promise("", SCORE, Mean.of(target, clusters))]
    scale = float(target.std()) or 1.0
    return [_Promise("", SCORE, Mean.of(target, clusters), scale, " deviations of the target")]


def _finding(promise: _Promise, ours: Mean, bar: float, alpha: float, judged: bool) -> Finding:
    value = (ours.value - promise.mean.value) / promise.scale
    judged = judged and ours.effective >= LEAST_ENTITIES
    half = reach(float(np.hypot(ours.error, promise.mean.error)), alpha) / promise.scale
    status: Status = "alarm" if judged and abs(value) - half >= bar else "quiet"
    what = f"the mean of the scores{f' of {promise.label}' if promise.label else ''}"
    sentence = (
        f"{what} is {ours.value:.4g}, in the test rows it was {promise.mean.value:.4g}: "
        f"{value:+.3f}{promise.unit} ({value - half:+.3f} to {value + half:+.3f}), the bar is "
        f"{bar:g}."
    )
    if not np.isfinite(value):
        status, sentence = "unknown", f"{what} cannot be computed: no score is a number."
    return Finding(
        KIND,
        f"{KIND}.mean" + (f"[{promise.label}]" if promise.label else ""),
        status,
        sentence,
        value=_plain(value),
        low=_plain(value - half),
        high=_plain(value + half),
        bar=bar,
        rows=ours.rows,
        details={
            "mean": _plain(ours.value),
            "promised": _plain(promise.mean.value),
            "judged": judged,
        },
    )


def _plain(value: float) -> float | None:
    return round(float(value), 6) if np.isfinite(value) else None
