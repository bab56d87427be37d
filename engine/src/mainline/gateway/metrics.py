"""The gateway's own figures for Prometheus."""

import json
import math
import time
from collections.abc import Callable, Iterable, Iterator

from grpc import StatusCode
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from mainline.request_log.counters import Counts
from mainline.request_log.exchange import Exchange
from mainline.serving.refused import HTTP

REQUESTS = "gateway_requests"  # Prometheus adds `_total` to counters, `_bucket` to histograms
PROBLEMS = "gateway_problems"
REFUSED = "gateway_refused_connections"
SECONDS_TAKEN = "gateway_request_seconds"
SCORE = "gateway_score"
MIRROR_DROPPED = "gateway_mirror_dropped"
ROWS = "gateway_log_rows"
ACCEPTED = "gateway_log_accepted"
LOST = "gateway_log_lost"
SHIPPED = "gateway_log_shipped_rows"
DROPPED = "gateway_log_dropped"
SPOOL_BYTES = "gateway_spool_bytes"
SPOOL_OLDEST = "gateway_spool_oldest_seconds"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
SCORES = tuple(step / 20 for step in range(1, 20))
SAMPLE_SECONDS = 0.05  # of each arm, one answer in this time is read for its scores
SAMPLE_BYTES = 2**14
OF_GRPC = {0: 200, StatusCode.CANCELLED.value[0]: 499} | {
    code.value[0]: status for code, status in HTTP.items()
}


class Metrics:
    """Counts requests as they are answered, and reads the log's counts when it is asked."""

    def __init__(self, counts: Callable[[], Counts], mirror_dropped: Callable[[], int]) -> None:
        """`counts` gives the log's counts; `mirror_dropped`, copies that had no place."""
        self.registry = CollectorRegistry()
        self._requests = Counter(
            REQUESTS,
            "Requests that were answered; `code` is 2xx, 4xx or 5xx, for gRPC likewise",
            ("protocol", "arm", "code"),
            registry=self.registry,
        )
        self._problems = Counter(
            PROBLEMS,
            "Requests that the gateway refused, or could not pass on",
            ("problem",),
            registry=self.registry,
        )
        self.refused_connections = Counter(
            REFUSED,
            "Connections of REST beyond `limits.connections`, closed before they asked anything",
            registry=self.registry,
        )
        self._seconds = Histogram(
            SECONDS_TAKEN,
            "Predictions, from the whole request to its answer",
            ("protocol", "arm"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self._scores = Histogram(
            SCORE,
            "Scores of a sample of the answers",
            ("arm",),
            buckets=SCORES,
            registry=self.registry,
        )
        self.registry.register(_Figures(counts, mirror_dropped))
        self._children: dict[tuple[str, str, str], Counter] = {}
        self._times: dict[tuple[str, str], Histogram] = {}
        self._sampled: dict[str, float] = {}

    def count(self, exchange: Exchange) -> None:
        """Count a prediction, and the time that it took."""
        key = exchange.protocol, exchange.arm
        self.passed(*key, exchange.status, exchange.problem)
        if (child := self._times.get(key)) is None:
            child = self._times[key] = self._seconds.labels(*key)
        child.observe(exchange.seconds)

    def passed(self, protocol: str, arm: str, status: int, problem: str = "") -> None:
        """Count an answer; `status` is that of HTTP or the code of gRPC."""
        key = protocol, arm, f"{_http(protocol, status) // 100}xx"
        if (child := self._children.get(key)) is None:
            child = self._children[key] = self._requests.labels(*key)
        child.inc()
        if problem:
            self._problems.labels(problem).inc()

    def wants_scores(self, arm: str) -> bool:
        """Whether the scores of an answer of this arm are due for the sample."""
        now = time.monotonic()
        if now - self._sampled.get(arm, -math.inf) < SAMPLE_SECONDS:
            return False
        self._sampled[arm] = now
        return True

    def sample_scores(self, arm: str, answer: bytes) -> None:
        """Count the scores of a JSON answer, if it is due."""
        if len(answer) <= SAMPLE_BYTES and self.wants_scores(arm):
            try:
                document = json.loads(answer)
            except ValueError:
                return
            if isinstance(document, dict):
                self.observe_scores(arm, document.get("predictions") or document.get("outputs"))

    def observe_scores(self, arm: str, values: object) -> None:
        """Count single scores; rows with several outputs have them under `score`."""
        child = self._scores.labels(arm)
        for value in values if isinstance(values, list) else ():
            score = value.get("score") if isinstance(value, dict) else value
            if isinstance(score, float) and math.isfinite(score):
                child.observe(score)


def _http(protocol: str, status: int) -> int:
    return status if protocol == "rest" else OF_GRPC.get(status, 500)


class _Figures(Collector):
    """The counts of others, read when Prometheus asks."""

    def __init__(self, counts: Callable[[], Counts], mirror_dropped: Callable[[], int]) -> None:
        self._counts, self._mirror_dropped = counts, mirror_dropped

    def collect(self) -> Iterable[Metric]:
        """All figures."""
        text = "Copies for the challenger that had no place in the queue"
        yield CounterMetricFamily(MIRROR_DROPPED, text, value=self._mirror_dropped())
        yield from _of_log(self._counts())


def _of_log(counts: Counts) -> Iterator[Metric]:
    def counter(name: str, text: str, value: float) -> Metric:
        return CounterMetricFamily(name, text, value=value)

    yield counter(ROWS, "Exchanges that the disk of the spool has", counts.written)
    yield counter(ACCEPTED, "Exchanges that the log accepted", counts.accepted)
    yield counter(LOST, "Exchanges that earlier kills lost", counts.lost_before)
    yield counter(SHIPPED, "Rows that are in the store", counts.shipped_rows)
    dropped = CounterMetricFamily(
        DROPPED, "Exchanges that were not written, by reason", labels=["reason"]
    )
    for reason, value in counts.dropped.items():
        dropped.add_metric([reason], value)
    yield dropped
    yield GaugeMetricFamily(SPOOL_BYTES, "Size of the spool", counts.spool_bytes)
    yield GaugeMetricFamily(SPOOL_OLDEST, "Age of the oldest row there", counts.oldest_seconds)
