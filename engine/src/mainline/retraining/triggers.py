"""Which triggers a verdict fires. The verdict and the settings decide, and nothing else.

A finding that is `unknown`, or has no finite figure, fires nothing: it alerts.
"""

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from mainline.monitoring.finding import Finding, Verdict
from mainline.params.gate import Bar
from mainline.params.monitoring import (
    DriftTrigger,
    ImportanceTrigger,
    PredictionTrigger,
    QualityTrigger,
    ScheduleTrigger,
    Triggers,
    TriggerSettings,
)

# In the order in which a reason names them.
NAMES = ("quality", "drift", "prediction", "importance", "schedule", "event")
SCORES = "prediction.scores"
SHOWN = 5  # findings that a reason names


@dataclass(frozen=True)
class Fired:
    """A trigger, its reason in one line, and the findings and the window that speak for it."""

    trigger: str
    reason: str
    evidence: dict[str, Any]


def fired(verdict: Verdict, settings: Triggers, newest_training_day: date) -> list[Fired]:
    """The triggers in force that the verdict fires, in the order of NAMES.

    `newest_training_day` is `data.as_of` of the model on main; the schedule counts from it to the
    window's last day.
    """
    judged: tuple[tuple[str, TriggerSettings | None, Callable[[Any], list[Finding]]], ...] = (
        ("quality", settings.quality, lambda it: _quality(verdict, it)),
        ("drift", settings.drift, lambda it: _drift(verdict, it)),
        ("prediction", settings.prediction, lambda it: _prediction(verdict, it)),
        ("importance", settings.importance, lambda it: _importance(verdict, it)),
    )
    found = []
    for name, trigger, judge in judged:
        findings = judge(trigger) if trigger is not None else []
        if findings:
            found.append(Fired(name, _reason(findings), evidence(verdict, findings)))
    if settings.schedule:
        found += due(settings.schedule, newest_training_day, verdict.window.last)
    return found


def due(schedule: ScheduleTrigger, newest_training_day: date, today: date) -> list[Fired]:
    """The trigger `schedule` when it is time; else nothing."""
    age = (today - newest_training_day).days
    if age < schedule.every_days:
        return []
    reason = (
        f"the newest training rows are of {newest_training_day}, {age} days ago; the schedule is "
        f"every {schedule.every_days} days"
    )
    about = {"newest_training_day": str(newest_training_day), "every_days": schedule.every_days}
    return [Fired("schedule", reason, about)]


def evidence(verdict: Verdict, findings: list[Finding]) -> dict[str, Any]:
    """Window, version and these findings, as plain JSON values."""
    return {
        "window": verdict.window.as_json(),
        "model": verdict.model,
        "counts": verdict.counts,
        "findings": [dataclasses.asdict(each) for each in findings],
    }


def _quality(verdict: Verdict, trigger: QualityTrigger) -> list[Finding]:
    """Figures of all labelled rows whose whole interval is beyond their bar."""
    named = {f"quality.{figure}": bar for figure, bar in trigger.bars.items()}
    found = []
    for each in _alarms(verdict, "quality"):
        bar = named.get(each.name)
        if bar is not None and each.rows >= trigger.min_rows and _beyond(each, bar):
            end = bar.min if bar.min is not None else bar.max
            found.append(dataclasses.replace(each, bar=end))
    return found


def _beyond(finding: Finding, bar: Bar) -> bool:
    """Whether the bar lies outside of the interval, on its bad side."""
    ends = [_figure(each) for each in (finding.low, finding.value, finding.high)]
    least, most = bar.min, bar.max
    if least is not None:
        return all(each < least for each in ends)
    return most is not None and all(each > most for each in ends)


def _drift(verdict: Verdict, trigger: DriftTrigger) -> list[Finding]:
    """Columns that drifted far enough, if there are enough of them; the furthest first."""
    found = _moved(verdict, "drift", trigger)
    if len(found) < trigger.columns:
        return []
    return sorted(found, key=lambda each: -(each.value or 0.0))


def _prediction(verdict: Verdict, trigger: PredictionTrigger) -> list[Finding]:
    """The distribution of all scores; their mean alone fires nothing."""
    return [each for each in _moved(verdict, "prediction", trigger) if each.name == SCORES]


def _moved(verdict: Verdict, kind: str, trigger: DriftTrigger | PredictionTrigger) -> list[Finding]:
    """Those that are beyond noise and moved so far, over the whole window; of no segment."""
    found = [each for each in _alarms(verdict, kind) if each.rows >= trigger.min_rows]
    return [each for each in found if "[" not in each.name and _figure(each.value) >= trigger.psi]


def _importance(verdict: Verdict, trigger: ImportanceTrigger) -> list[Finding]:
    """A rank correlation below the least one; with an interval, all of it."""
    found = []
    for each in _alarms(verdict, "importance"):
        ends = [each.value, each.value if each.high is None else each.high]
        below = all(_figure(end) < trigger.least for end in ends)
        if below and each.rows >= trigger.min_rows:
            found.append(dataclasses.replace(each, bar=trigger.least))
    return found


def _alarms(verdict: Verdict, kind: str) -> list[Finding]:
    """Only what alarms can fire: whatever starts a retraining is also told."""
    return [each for each in verdict.of_kind(kind) if each.status == "alarm"]


def _figure(value: float | None) -> float:
    """The figure; NaN, which is neither above nor below anything, for one that is not finite."""
    return value if value is not None and math.isfinite(value) else math.nan


def _reason(findings: list[Finding]) -> str:
    told = [_told(each) for each in findings[:SHOWN]]
    more = len(findings) - len(told)
    return ", ".join(told) + (f" and {more} more" if more else "")


def _told(finding: Finding) -> str:
    said = f"{finding.name} is {finding.value:.4g}"
    if finding.low is not None and finding.high is not None:
        said += f" ({finding.low:.4g} to {finding.high:.4g})"
    return said + (f", held to {finding.bar:.4g}" if finding.bar is not None else "")
