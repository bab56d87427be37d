"""Whether the model still says what it said at release, asked as often as one likes.

The mean loss of an entity since the release is held against that of the released model's test rows.
Its interval is a confidence sequence, so looking every day raises no false alarm. It is computed
anew from the log each time: nothing is stored between two looks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from mainline.evaluation import tasks
from mainline.evaluation.always_valid import mean_interval
from mainline.evaluation.rows import Rows
from mainline.evaluation.tasks import Task
from mainline.monitoring.fall import Part
from mainline.monitoring.finding import Finding
from mainline.monitoring.labels import Labelled
from mainline.monitoring.quality import few
from mainline.monitoring.reference import Reference
from mainline.monitoring.watched import Watched
from mainline.params.monitoring import MonitoringSettings

KIND, NAME = "concept", "concept.loss"
EVERY = pd.Timedelta(days=28)  # a sequence begins: a late change would drown in months without one
MARGIN = 0.02  # of the loss at release: a smaller change is no news, however sure it is


@dataclass(frozen=True)
class Excess:
    """The mean loss of an entity now minus that at release, with an always-valid interval."""

    value: float
    low: float
    high: float
    entities: int


def findings(
    watched: Watched, reference: Reference, found: Labelled, settings: MonitoringSettings
) -> list[Finding]:
    """One finding; its details have the leading figure by week. `found` begins with the release."""
    table = watched.table
    task = tasks.of(table)
    if len(found.rows) < settings.min_rows:
        return [few(KIND, NAME, len(found.rows), settings.min_rows)]
    now = Rows.of(found.target, found.rows["entity"])
    test = reference.test
    then = Rows.of(test[table.target], test[table.entity])
    return [
        judged(
            task,
            found.rows["time"],
            Part(now, found.scores, {}),
            Part(then, reference.scores, {}),
            alpha=settings.quality.alpha,
            least=settings.min_rows,
        )
    ]


def judged(
    task: Task, times: pd.Series, now: Part, then: Part, *, alpha: float, least: int
) -> Finding:
    """Of rows since the release, in the order of `times`, beside the released model's test rows.

    A sequence begins with the first row, and another one every 28 days. The n-th of them may be
    wrong with a chance of alpha / (n (n + 1)), which together is alpha. One with fewer entities
    than `least` waits.
    """
    released = by_entity(then.rows, losses(task, then.rows.target, then.scores))
    margin = MARGIN * float(released.mean())
    own = losses(task, now.rows.target, now.scores)
    found = [
        (start, excess(by_entity(now.rows[mask], own[mask]), released, share))
        for start, mask, share in _sequences(times, alpha)
        if len(np.unique(now.rows.clusters[mask])) >= least
    ]
    weeks = by_week(task, times, now)
    if not found:
        return few(KIND, NAME, len(now.rows), least)
    start, worst = max(found, key=lambda each: each[1].low)
    alarm = worst.low > margin
    said = (
        f"Since {start:%Y-%m-%d} the mean loss of {worst.entities:,} entities is "
        f"{worst.value:+.4g} ({worst.low:+.4g} to {worst.high:+.4g}) beside the release's "
        f"{released.mean():.4g}"
    )
    said += f": more than {MARGIN:.0%} worse, and no chance." if alarm else "."
    return Finding(
        KIND,
        NAME,
        "alarm" if alarm else "quiet",
        said,
        worst.value,
        worst.low,
        worst.high,
        margin,
        len(now.rows),
        {"released": float(released.mean()), "since": f"{start:%Y-%m-%d}", "weeks": weeks},
    )


def losses(task: Task, target: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """The loss of each row, (rows,): squared errors of probabilities, absolute ones of amounts."""
    if task.name == "regression":
        return np.abs(scores - target)
    if task.name == "binary":
        return (scores - target) ** 2
    return ((scores - (target[:, np.newaxis] == np.arange(scores.shape[1]))) ** 2).sum(axis=1)


def by_entity(rows: Rows, loss: np.ndarray) -> np.ndarray:
    """The mean loss of each entity, (entities,): its rows depend on each other."""
    counts = np.bincount(rows.clusters)
    return np.bincount(rows.clusters, loss)[counts > 0] / counts[counts > 0]


def excess(now: np.ndarray, released: np.ndarray, alpha: float) -> Excess:
    """Half of `alpha` is for the mean now, at any time; half for that of the test rows."""
    low, high = mean_interval(len(now), float(now.mean()), float(now.std()), alpha=alpha)
    error = float(released.std(ddof=1) / np.sqrt(len(released)))
    apart, reach = released.mean(), float(norm.isf(alpha / 2)) * error
    return Excess(
        float(now.mean() - apart), float(low - apart - reach), float(high - apart + reach), len(now)
    )


def by_week(task: Task, times: pd.Series, now: Part) -> list[dict[str, Any]]:
    """Monday, rows, and the leading figure with its 95 % interval (null: not computable)."""
    naive = times.dt.tz_localize(None)
    mondays = (naive - pd.to_timedelta(naive.dt.weekday, unit="D")).dt.normalize()
    found = []
    for monday in sorted(mondays.unique()):
        mask = (mondays == monday).to_numpy()
        rows, scores = now.rows[mask], now.scores[mask]
        fit = task.judgeable(rows.target, scores)
        figure = task.lead(rows, scores, 0.95).rounded() if fit else None
        found.append({"week": f"{monday:%Y-%m-%d}", "rows": int(mask.sum()), "figure": figure})
    return found


def _sequences(times: pd.Series, alpha: float) -> Iterator[tuple[pd.Timestamp, np.ndarray, float]]:
    """Begin, rows and alpha of each sequence."""
    first, last = times.min().normalize(), times.max()
    number = 1
    while first <= last:
        yield first, (times >= first).to_numpy(), alpha / (number * (number + 1))
        first, number = first + EVERY, number + 1
