"""Everything that needs labels: which have come, quality, concept, importances, costs."""

import datetime
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mainline.monitoring import business, concept, importance_shift, label_counts, quality
from mainline.monitoring.attempt import attempt
from mainline.monitoring.counting import answered
from mainline.monitoring.finding import Finding
from mainline.monitoring.labels import Labelled, NothingAskedError, labelled
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
    concept and overdue labels of all days of the log up to the end of that one, since labels that
    come early are those of one class. A part that cannot be computed is one finding, `unknown`.
    """
    moved = moved_back(window, settings)
    whole = since_release(store, moved)
    if whole is None:
        said = "the log does not reach back so far as labels take (monitoring.labels.delay_days)."
        return After([_quiet(said)], 0)
    joined: dict[str, Labelled] = {}

    def join(name: str, days: Window, *, inputs: bool) -> Callable[[], list[Finding]]:
        def part() -> list[Finding]:
            with suppress(NothingAskedError), LogTable.opened(store, days) as log:
                joined[name] = labelled(
                    root, watched, log, settings, as_of=as_of, window=days, inputs=inputs
                )
            return []

        return part

    made = attempt("labels", join("window", moved, inputs=True), JOIN) if has(store, moved) else []
    if made:
        return After(made, 0)
    if whole.first >= moved.first:  # a young log: the same rows
        joined |= {"history": joined["window"]} if joined else {}
    else:
        made = attempt("labels", join("history", whole, inputs=False), f"{JOIN}.history")
    found, history = joined.get("window"), joined.get("history")
    parts: dict[str, Callable[[], list[Finding]]] = {}
    if found is not None:
        now = found  # of the narrowed type, also in the functions
        parts["quality"] = lambda: quality.findings(root, watched, reference, now, settings)
        parts["importance"] = lambda: importance_shift.findings(watched, reference, now, settings)
        parts["business"] = lambda: business.findings(watched, reference, now, settings)
        made += label_counts.findings(now, history, settings.labels.overdue_days)
    else:
        made += attempt("labels", lambda: pause(store, watched, moved, window, history), JOIN)
        made += label_counts.overdue(history, settings.labels.overdue_days) if history else []
    if history is not None:
        before = history
        parts["concept"] = lambda: concept.findings(watched, reference, before, settings)
    for kind, part in parts.items():
        made += attempt(kind, part)
    return After(made, found.labelled if found else 0)


def moved_back(window: Window, settings: MonitoringSettings) -> Window:
    """The window whose labels should have come."""
    delay = datetime.timedelta(days=settings.labels.delay_days)
    return Window(window.first - delay, window.last - delay)


def since_release(store: str, window: Window) -> Window | None:
    """From the log's oldest day on; rows of other versions are left out by the join."""
    days = Store(store).days()
    first = datetime.date.fromisoformat(days[0]) if days else None
    return None if first is None or first > window.last else Window(first, window.last)


def has(store: str, window: Window) -> bool:
    """Whether the log has a day of the window."""
    days = map(datetime.date.fromisoformat, Store(store).days())
    return any(window.first <= day <= window.last for day in days)


def pause(
    store: str, watched: Watched, moved: Window, window: Window, history: Labelled | None
) -> list[Finding]:
    """The version was not asked in the moved window: right after its release, or in a gap.

    Raises NothingAskedError when it was not asked before or in `window` either.
    """
    if history is None:
        with LogTable.opened(store, window) as log:
            rows = log.one(f"SELECT count(*) FROM log WHERE {answered(watched.version)}")[0]
        if moved == window or not rows:
            raise NothingAskedError(watched.version, window)
    return [
        _quiet(
            f"version {watched.version} has no prediction of {moved}, whose labels should have "
            "come by now: nothing is judged yet."
        )
    ]


def _quiet(said: str) -> Finding:
    return Finding("labels", "labels.arrived", "quiet", said)
