"""Everything that needs labels: which have come, quality, concept, importances, costs."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mainline.monitoring import business, concept, importance_shift, label_counts, quality
from mainline.monitoring.attempt import attempt
from mainline.monitoring.finding import Finding
from mainline.monitoring.labels import Labelled, labelled
from mainline.monitoring.log_table import LogTable
from mainline.monitoring.reference import Reference
from mainline.monitoring.watched import Watched
from mainline.monitoring.window import Window
from mainline.params.monitoring import MonitoringSettings
from mainline.request_log.log_store import Store

JOIN = "join"


@dataclass(frozen=True)
class After:
    """`labelled` is the number of predictions, of the window that quality is of, with a label."""

    findings: list[Finding]
    labelled: int


def findings(
    root: Path,
    watched: Watched,
    reference: Reference,
    settings: MonitoringSettings,
    *,
    store: str,
    as_of: datetime.date,
    window: Window,
) -> After:
    """What `window` shows with the labels that are known on `as_of`.

    Quality, importances and costs are of the window moved back by `monitoring.labels.delay_days`;
    concept and overdue labels of all days of the log up to its end. A part that cannot be computed
    is one finding, `unknown`.
    """
    moved, whole = moved_back(window, settings), since_release(store, window)
    if whole is None or whole.first > moved.last:
        said = "the log does not reach back so far as labels take (monitoring.labels.delay_days)."
        return After([Finding("labels", "labels.arrived", "quiet", said)], 0)
    joined: dict[str, Labelled] = {}

    def join(name: str, days: Window, *, inputs: bool) -> Callable[[], list[Finding]]:
        def part() -> list[Finding]:
            with LogTable.opened(store, days) as log:
                joined[name] = labelled(
                    root, watched, log, settings, as_of=as_of, window=days, inputs=inputs
                )
            return []

        return part

    made = attempt("labels", join("window", moved, inputs=True), JOIN)
    if made:
        return After(made, 0)
    if whole.first >= moved.first and whole.last == moved.last:  # a young log: the same rows
        joined["history"] = joined["window"]
    else:
        made = attempt("labels", join("history", whole, inputs=False), f"{JOIN}.history")
    found, history = joined["window"], joined.get("history")
    parts = {
        "quality": lambda: quality.findings(root, watched, reference, found, settings),
        "importance": lambda: importance_shift.findings(watched, reference, found, settings),
        "business": lambda: business.findings(watched, reference, found, settings),
    }
    made += label_counts.findings(found, history, settings.labels.overdue_days)
    if history is not None:
        parts["concept"] = lambda: concept.findings(watched, reference, history, settings)
    for kind, part in parts.items():
        made += attempt(kind, part)
    return After(made, found.labelled)


def moved_back(window: Window, settings: MonitoringSettings) -> Window:
    """The window whose labels should have come."""
    delay = datetime.timedelta(days=settings.labels.delay_days)
    return Window(window.first - delay, window.last - delay)


def since_release(store: str, window: Window) -> Window | None:
    """From the log's oldest day on; rows of other versions are left out by the join."""
    days = Store(store).days()
    first = datetime.date.fromisoformat(days[0]) if days else None
    return None if first is None or first > window.last else Window(first, window.last)
