"""The series of a verdict for Prometheus: a textfile, or a push to a Pushgateway."""

import math
from collections.abc import Callable
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, generate_latest, push_to_gateway

from mainline.core.errors import MainlineError
from mainline.core.files import write_text
from mainline.monitoring.finding import Finding, Status, Verdict

JOB = "mainline_monitor"
STATUS = f"{JOB}_status"
VALUE = f"{JOB}_value"
LOW = f"{JOB}_low"
HIGH = f"{JOB}_high"
BAR = f"{JOB}_bar"
SIZE = f"{JOB}_window_size"
VERSION = f"{JOB}_version_info"
LAST_RUN = f"{JOB}_last_run_timestamp_seconds"
WINDOW_END = f"{JOB}_window_end_timestamp_seconds"
LEVELS: dict[Status, int] = {"quiet": 0, "unknown": 1, "alarm": 2}
WATCHED = ("model", "environment")
LABELS = (*WATCHED, "kind", "name")
PATIENCE = 30  # seconds that a Pushgateway may take

Figure = tuple[str, str, Callable[[Finding], float | None]]
FIGURES: tuple[Figure, ...] = (
    (
        STATUS,
        "State of a figure: 0 quiet, 1 could not be computed, 2 alarm",
        lambda it: LEVELS[it.status],
    ),
    (VALUE, "The figure itself", lambda it: it.value),
    (LOW, "Lower end of its interval", lambda it: it.low),
    (HIGH, "Upper end of its interval", lambda it: it.high),
    (BAR, "What it is held to", lambda it: it.bar),
)


def write(verdict: Verdict, path: Path, *, now: float) -> None:
    """Write a textfile for node exporter's collector. `now` is in seconds since 1970."""
    write_text(path, text(verdict, now=now))


def text(verdict: Verdict, *, now: float) -> str:
    """All series in Prometheus' text format."""
    return str(generate_latest(_registry(verdict, now)).decode())


def push(verdict: Verdict, url: str, *, now: float) -> None:
    """Replace the series of this model and environment in a Pushgateway.

    Raises MainlineError when it does not take them.
    """
    key = dict(zip(WATCHED, _watched(verdict), strict=True))
    registry = _registry(verdict, now)
    try:
        push_to_gateway(url, job=JOB, registry=registry, grouping_key=key, timeout=PATIENCE)
    except (OSError, ValueError) as error:  # URLError and HTTPError are errors of the system
        raise MainlineError(
            f"the Pushgateway did not take the series: {error}.",
            where=url,
            hint="The verdict is written. Run the command again, or leave `--push` out.",
        ) from None


def _watched(verdict: Verdict) -> list[str]:
    return [str(verdict.model["name"]), str(verdict.model["environment"])]


def _registry(verdict: Verdict, now: float) -> CollectorRegistry:
    registry, watched = CollectorRegistry(), _watched(verdict)

    def gauge(name: str, about: str, labels: tuple[str, ...]) -> Gauge:
        return Gauge(name, about, labels, registry=registry)

    for name, about, figure in FIGURES:
        made = gauge(name, about, LABELS)
        for each in verdict.findings:
            value = figure(each)
            if value is not None and math.isfinite(value):
                made.labels(*watched, each.kind, each.name).set(value)
    counts = gauge(SIZE, "Rows, requests, entities, errors of the window", (*WATCHED, "of"))
    for name, count in verdict.counts.items():
        counts.labels(*watched, name).set(count)
    version = gauge(VERSION, "The version that was watched", (*WATCHED, "version"))
    version.labels(*watched, str(verdict.model.get("version", ""))).set(1)
    for name, about, seconds in (
        (LAST_RUN, "When the monitor ran last", now),
        (WINDOW_END, "The first moment after the window", verdict.window.end.timestamp()),
    ):
        made = gauge(name, f"{about}, in seconds since 1970", WATCHED)
        made.labels(*watched).set(seconds)
    return registry
