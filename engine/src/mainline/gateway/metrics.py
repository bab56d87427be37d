"""The gateway's own figures for Prometheus."""

from collections.abc import Callable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
SCORES = tuple(step / 10 for step in range(1, 10))


class Metrics:
    """Counts exchanges as they end, and reads the log's counts when it is asked."""

    def __init__(self, counts: Callable[[], Any]) -> None:
        """`counts` gives the log's counts, such as `RequestLog.counts`."""
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "gateway_requests",
            "Requests that were answered",
            ("protocol", "arm", "status"),
            registry=self.registry,
        )
        self._refused = Counter(
            "gateway_problems",
            "Requests that the gateway refused, or could not pass on",
            ("problem",),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "gateway_seconds",
            "From the head of a request to the end of its answer",
            ("protocol", "arm"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self._scores = Histogram(
            "gateway_scores", "Scores that were answered", ("arm",), SCORES, registry=self.registry
        )
        self.registry.register(_LogCounts(counts))
