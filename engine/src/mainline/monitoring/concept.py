"""Whether the model still ranks as at release, asked as often as one likes.

The leading figure of all labelled predictions since the release is held against that of the
released model's test rows. Its interval is a confidence sequence, so looking every day raises no
false alarm. It is computed anew from the log each time: nothing is stored between two looks.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from mainline.core.table import TableSettings
from mainline.evaluation import tasks
from mainline.evaluation.always_valid import mean_interval
from mainline.evaluation.rows import Rows
from mainline.evaluation.tasks import Task
from mainline.monitoring.fall import CONFIDENCE, Part
from mainline.monitoring.finding import Finding, Status
from mainline.monitoring.labels import Labelled
from mainline.monitoring.quality import shown
from mainline.monitoring.reference import Reference
from mainline.monitoring.watched import Watched
from mainline.params.gate import GateSettings
from mainline.params.monitoring import MonitoringSettings

KIND = "concept"
EVERY = pd.Timedelta(days=28)  # a sequence begins: a late change would drown in months without one


@dataclass(frozen=True)
class Grid:
    """Sequences begin on `begin` and every 28 days after it, whatever day it is.

    `logged` is the first day of the log: retention deletes days, and a sequence that has lost some
    of them has no fixed begin any more.
    """

    begin: pd.Timestamp
    logged: pd.Timestamp

    def starts(self, last: pd.Timestamp) -> Iterator[tuple[int, pd.Timestamp]]:
        """Number, from 1, and begin of each up to `last`.

        The first one may begin later than the release, when the log does.
        """
        number, start = 1, self.begin
        while start <= last:
            if start >= self.logged:
                yield number, start
            elif number == 1 and self.logged < start + EVERY:
                yield number, self.logged
            number, start = number + 1, start + EVERY


def findings(
    watched: Watched, reference: Reference, found: Labelled, settings: MonitoringSettings
) -> list[Finding]:
    """One finding; its details have the leading figure by week. `found` begins with the release."""
    table: TableSettings = watched.table
    test = reference.test
    then = Part(Rows.of(test[table.target], test[table.entity]), reference.scores, {})
    now = Part(Rows.of(found.target, found.rows["entity"]), found.scores, {})
    margin = watched.champion.settings("gate", GateSettings).champion.margin
    judge = Judge(tasks.of(table), margin, settings.quality.alpha, settings.min_rows)
    times = found.rows["time"]
    return [judge.finding(times, now, then, grid(watched, found, times))]


def grid(watched: Watched, found: Labelled, times: pd.Series) -> Grid | None:
    """From the day of the commit that released the model; None: rows are older, or there are none.

    Rows are older where days are made up, as in a demo.
    """
    champion = watched.champion
    when = champion.git.run("log", "-1", "--format=%cI", champion.commit).strip()
    begin = pd.Timestamp(when).tz_convert("UTC").normalize()
    if times.empty or times.min() < begin:
        return None
    return Grid(begin, pd.Timestamp(found.window.start))


class Judge:
    """`alpha` is the chance that a model as good as at release ever alarms, at all looks together.

    The n-th sequence, 28 days after the one before, has a share of alpha / (n (n + 1)): together
    that is alpha. One with fewer entities than `least` waits.
    """

    def __init__(self, task: Task, margin: float, alpha: float, least: int) -> None:
        self._task, self._margin, self._alpha, self._least = task, margin, alpha, least

    def finding(self, times: pd.Series, now: Part, then: Part, grid: Grid | None = None) -> Finding:
        """Of predictions with their `times` in UTC, beside the released model's test rows.

        Without a grid, sequences begin with the first prediction.
        Alarms when the fall is larger than the margin, and its always-valid interval leaves out 0.
        """
        figure, rows = self._task.leading, len(now.rows)
        name = f"{KIND}.{figure.name}"
        released, error = then.error(self._task)
        begun = [*self._sequences(times, now, grid)]
        sequences = [each for each in begun if self._entities(each[1]) >= self._least]
        if not sequences:
            most = max((self._entities(part) for _, part, _ in begun), default=0)
            said = f"{most:,} entities have a label; from {self._least:,} on they are judged."
            return Finding(KIND, name, "quiet", said, rows=rows)
        falls = [
            (start, self._fall(part, released, error, share), part)
            for start, part, share in sequences
        ]
        falls = [each for each in falls if all(map(math.isfinite, each[1]))]
        if not falls:
            said = f"{figure.short} cannot be computed: {self._task.wanting}."
            return Finding(KIND, name, "unknown", said, rows=rows)
        real = [each for each in falls if each[1][1] > 0 and each[1][0] > self._margin]
        start, (fall, low, high), part = max(real or falls, key=lambda each: each[1][1])
        alarm = bool(real)
        said = (
            f"Since {start:%Y-%m-%d}, in {self._entities(part):,} entities, {figure.short} lies "
            f"{shown(fall, low, high)} below the release's {released:.4f}"
        )
        said += f": more than the margin {self._margin:g} and more than chance." if alarm else "."
        status: Status = "alarm" if alarm else "quiet"
        details = {
            "released": round(released, 6),
            "since": f"{start:%Y-%m-%d}",
            "weeks": by_week(self._task, times, now),
        }
        ends = (fall, low, high, self._margin)
        return Finding(KIND, name, status, said, *ends, rows=len(part.rows), details=details)

    def _fall(
        self, now: Part, released: float, error: float, alpha: float
    ) -> tuple[float, float, float]:
        """Half of `alpha` is for the figure now, at any time; half for that of the test rows.

        A figure whose rows have influences behaves like a mean of them, entity by entity.
        """
        value, own = now.error(self._task)
        entities = self._entities(now)
        low, high = mean_interval(entities, value, own * math.sqrt(entities), alpha=alpha)
        apart = float(norm.isf(alpha / 2)) * error
        return released - value, released - high - apart, released - low + apart

    def _sequences(
        self, times: pd.Series, now: Part, grid: Grid | None
    ) -> Iterator[tuple[pd.Timestamp, Part, float]]:
        """Begin, rows and share of alpha of each sequence."""
        if not len(times):
            return
        first = times.min().normalize()
        for number, start in (grid or Grid(first, first)).starts(times.max()):
            mask = (times >= start).to_numpy()
            part = Part(now.rows[mask], now.scores[mask], {})
            yield start, part, self._alpha / (number * (number + 1))

    @staticmethod
    def _entities(part: Part) -> int:
        return len(np.unique(part.rows.clusters))


def by_week(task: Task, times: pd.Series, now: Part) -> list[dict[str, Any]]:
    """Monday, rows, and the leading figure with an ordinary interval; null: it has none."""
    naive = times.dt.tz_localize(None)
    mondays = (naive - pd.to_timedelta(naive.dt.weekday, unit="D")).dt.normalize()
    found = []
    for monday in sorted(mondays.unique()):
        mask = (mondays == monday).to_numpy()
        rows, scores = now.rows[mask], now.scores[mask]
        fit = task.judgeable(rows.target, scores)
        figure = task.lead(rows, scores, CONFIDENCE).rounded() if fit else None
        found.append({"week": f"{monday:%Y-%m-%d}", "rows": int(mask.sum()), "figure": figure})
    return found
