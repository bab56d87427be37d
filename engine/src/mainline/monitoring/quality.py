"""The project's own figures on predictions whose labels have arrived, beside bars and release."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import norm

from mainline.core.errors import MainlineError
from mainline.evaluation import sample, tasks
from mainline.evaluation.project_metrics import NONE, Metrics
from mainline.evaluation.rows import Rows
from mainline.evaluation.settings import EvaluationSettings
from mainline.evaluation.tasks import Task
from mainline.monitoring.calibration_noise import by_chance
from mainline.monitoring.fall import Fall, Part
from mainline.monitoring.finding import Finding, Status
from mainline.monitoring.labels import Labelled
from mainline.monitoring.reference import Reference
from mainline.monitoring.watched import Watched
from mainline.params.gate import Bar, GateSettings
from mainline.params.monitoring import MonitoringSettings

KIND = "quality"
CALIBRATION = "calibration_error"
HALF = 0.5  # of alpha is for the fall of the leading figure; bars and slices share the rest
Ends = tuple[float | None, float | None]


def findings(
    root: Path,
    watched: Watched,
    reference: Reference,
    found: Labelled,
    settings: MonitoringSettings,
) -> list[Finding]:
    """One finding for each figure of the task, of metrics.py, and of each slice."""
    table = watched.table
    gate = watched.champion.settings("gate", GateSettings)
    evaluation = at_threshold(watched, reference)
    task = tasks.of(table)
    if len(found.rows) < settings.min_rows:
        return [few(KIND, f"{KIND}.{task.leading.name}", len(found.rows), settings.min_rows)]
    rows = Rows.of(found.target, found.rows["entity"])
    now = Part.cut(found.inputs, rows, found.scores, evaluation)
    test = reference.test
    rows = Rows.of(test[table.target], test[table.entity])
    then = Part.cut(test, rows, reference.scores, evaluation)
    now = now.only(then.slices)  # of a new value the release has no figure
    trigger = settings.triggers.quality
    asked = {} if trigger is None else trigger.bars
    judge = Judge(task, gate, evaluation, settings.quality.alpha, asked)
    return [*judge.findings(now, then, Metrics.of(root, task.name))]


def few(kind: str, name: str, rows: int, least: int) -> Finding:
    """Too few labels: nothing is judged, and nothing is wrong yet."""
    said = f"{rows:,} predictions of the window have a label; from {least:,} on they are judged."
    return Finding(kind, name, "quiet", said, rows=rows)


def at_threshold(watched: Watched, reference: Reference) -> EvaluationSettings:
    """The settings of the release, with the threshold that it was released with."""
    own = watched.evaluation
    chosen = reference.figures.get("threshold")
    return own.model_copy(update={"threshold": own.threshold if chosen is None else chosen})


@dataclass(frozen=True)
class Judge:
    """`alpha` is the chance that a quiet window alarms, all figures and slices together.

    A figure is held to its bar in `gate.bars` and to that of the trigger, `asked`.
    """

    task: Task
    gate: GateSettings
    evaluation: EvaluationSettings
    alpha: float
    asked: Mapping[str, Bar] = field(default_factory=dict)

    def findings(self, now: Part, then: Part, own: Metrics = NONE) -> Iterator[Finding]:
        """Of the rows of a window, beside the released model's test rows.

        A figure alarms when its whole interval is beyond its bar. The leading figure, of all rows
        and of each slice, alarms when it fell by more than `gate.champion.margin` and the fall's
        interval, in which both groups of rows count, leaves out 0.
        """
        compared = [name for name in now.slices if self._enough(now.of(name), then.of(name))]
        barred = self.gate.bars.keys() | self.asked.keys()
        shared = self.alpha * HALF / max(len(barred) + len(compared), 1)
        z, z_fall = float(norm.isf(shared)), float(norm.isf(self.alpha * HALF))
        values, missing = self._values(now, own)
        for name, value in values.items():
            found = self._figure(name, now, value, z)
            yield self._beside(found, now, then, z_fall) if name == self._lead else found
        for name in [*missing, *sorted(barred - values.keys() - missing.keys())]:
            why = missing.get(name, "neither the task nor metrics.py has this figure.")
            yield Finding(KIND, f"{KIND}.{name}", "unknown", f"{name}: {why}", rows=len(now.rows))
        for name in now.slices:
            yield self._slice(name, now.of(name), then.of(name), z, compared=name in compared)

    @property
    def _lead(self) -> str:
        return self.task.leading.name

    def _values(self, now: Part, own: Metrics) -> tuple[dict[str, Any], dict[str, str]]:
        """Value, low and high of each figure; why one is missing."""
        figures = self.task.figures(now.rows, now.scores, self.evaluation)
        found = {name: figures[name].rounded() for name in self.task.names}
        mask = np.zeros(len(now.rows), bool)
        mask[sample.places(len(now.rows), self.evaluation.sample, self.evaluation.seed)] = True
        try:
            found |= own.figures(now.rows[mask], now.scores[mask], self.evaluation)
        except MainlineError as error:
            return found, dict.fromkeys(own.about, str(error))
        except Exception as error:  # the project's own function may raise anything
            return found, dict.fromkeys(own.about, f"{type(error).__name__}: {error}")
        return found, {}

    def _figure(self, name: str, now: Part, value: Mapping[str, Any], z: float) -> Finding:
        bars, rows = self._bars(name), len(now.rows)
        if value["value"] is None:
            needed = bool(bars) or name == self._lead
            said = f"{name} cannot be computed: {self.task.wanting}."
            status: Status = "unknown" if needed else "quiet"
            end = _end(bars[0]) if bars else None
            return Finding(KIND, f"{KIND}.{name}", status, said, bar=end, rows=rows)
        low, high = self._widened(value, z)
        if name == CALIBRATION and low is not None:
            low = min(low, max(0.0, value["value"] - by_chance(now.rows, now.scores, z)))
        beyond = [bar for bar in bars if _beyond(bar, low, high)]
        bar = next(iter([*beyond, *bars]), None)
        status, said = "quiet", f"{name} is {shown(value['value'], low, high)}"
        if bar is not None:
            said += f", the bar is {_text(bar)}"
        if bar is not None and low is None:
            status, said = "unknown", f"{said}; it has no interval"
        elif beyond:
            status, said = "alarm", f"{said}: the whole interval is beyond it"
        ends = value["value"], low, high, None if bar is None else _end(bar)
        return Finding(KIND, f"{KIND}.{name}", status, f"{said}.", *ends, rows)

    def _bars(self, name: str) -> list[Bar]:
        """The bars of a figure: the gate's, then the trigger's."""
        return [bars[name] for bars in (self.gate.bars, self.asked) if name in bars]

    def _beside(self, found: Finding, now: Part, then: Part, z: float) -> Finding:
        """The leading figure, beside the release's."""
        fall, margin = Fall.between(self.task, now, then), self.gate.champion.margin
        if found.value is None or not fall.known:
            return replace(found, status="unknown")
        status: Status = "alarm" if fall.real(margin, z) else found.status
        sentence = f"{found.sentence} {fall.sentence(margin, z)}"
        return replace(found, status=status, sentence=sentence, details=fall.details(margin, z))

    def _slice(self, name: str, now: Part, then: Part, z: float, *, compared: bool) -> Finding:
        label, rows = f"{KIND}.{self._lead}[{name}]", len(now.rows)
        if not compared:
            said = f"{name}: {rows:,} labelled rows are too few to compare with the release."
            if self._many(now, then):
                said = f"{name}: {self._lead} cannot be compared: {self.task.wanting}."
            return Finding(KIND, label, "quiet", said, rows=rows)
        fall, margin = Fall.between(self.task, now, then), self.gate.champion.margin
        value, error = now.error(self.task)
        ends = value, value - z * error, value + z * error
        status: Status = "alarm" if fall.real(margin, z) else "quiet"
        said = f"{name}: {self.task.leading.short} is {shown(*ends)}. {fall.sentence(margin, z)}"
        return Finding(KIND, label, status, said, *ends, rows=rows, details=fall.details(margin, z))

    def _enough(self, now: Part, then: Part) -> bool:
        return self._many(now, then) and Fall.between(self.task, now, then).known

    def _many(self, *parts: Part) -> bool:
        return min(len(part.rows) for part in parts) >= self.gate.slices.min_rows

    def _widened(self, value: Mapping[str, Any], z: float) -> Ends:
        """The interval of evaluation/, as wide as so many figures need."""
        if value["low"] is None or value["high"] is None:
            return None, None
        factor = z / norm.ppf(0.5 + self.evaluation.confidence / 2)
        middle = value["value"]
        low, high = (middle + (value[end] - middle) * factor for end in ("low", "high"))
        return float(low), float(high)


def shown(value: float, low: float | None, high: float | None) -> str:
    """A figure and its interval, for a sentence."""
    if low is None or high is None:
        return f"{value:.4g}"
    return f"{value:.4g} ({low:.4g} to {high:.4g})"


def _end(bar: Bar) -> float | None:
    return bar.max if bar.min is None else bar.min


def _text(bar: Bar) -> str:
    return f"<= {bar.max:g}" if bar.min is None else f">= {bar.min:g}"


def _beyond(bar: Bar, low: float | None, high: float | None) -> bool:
    if low is None or high is None:
        return False
    return high < bar.min if bar.min is not None else low > float(bar.max or 0.0)
