"""The rule `latency`: the time of one call with one row, compared with the champion.

Absolute times depend on the machine. So both models are called here on the same rows, in turns
(A B B A): other load on the machine slows both alike. The rule judges the ratio.
"""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mainline.gate.candidate import Candidate
from mainline.gate.opponent import Common
from mainline.gate.verdict import Rule
from mainline.packaging.saved_model import Scorer

NAME = "latency"
SECONDS = 1.5  # duration of a measurement, about
FEWEST_ROUNDS, USUAL_ROUNDS, ROUNDS = 3, 7, 25
FEWEST_CALLS, CALLS = 5, 100  # of each model in a round
WARM = 20
ROWS = 64

Call = Callable[[], object]
Clock = Callable[[], float]


def measured(candidate: Candidate, champion: Scorer, common: Common) -> dict[str, Any]:
    """Measure both models on the same rows, for the comment and the rule."""
    ours, theirs = calls(candidate.scorer, common.ours), calls(champion, common.theirs)
    return about(in_turns(ours, theirs, time.perf_counter))


def calls(scorer: Scorer, frame: pd.DataFrame) -> list[Call]:
    """Calls for `ROWS` rows, spread evenly over the frame."""
    return scorer.calls(frame.iloc[np.linspace(0, len(frame) - 1, ROWS).astype(int)])


@dataclass(frozen=True)
class Timings:
    """Seconds of every call. Both arrays have the shape (rounds, calls)."""

    ours: np.ndarray
    theirs: np.ndarray

    def ratios(self, share: float) -> np.ndarray:
        """Candidate divided by champion, for one quantile of the calls of each round."""
        ours, theirs = (np.quantile(each, share, axis=1) for each in (self.ours, self.theirs))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(ours / theirs)


def in_turns(ours: Sequence[Call], theirs: Sequence[Call], clock: Clock) -> Timings:
    """Time both lists of calls, one call per row. Slow models get fewer calls."""
    pairs = list(zip(ours, theirs, strict=True))
    with _without_collector():
        start = clock()
        cost = _warm(pairs, clock)
        least = int(np.clip(SECONDS / FEWEST_CALLS / cost, FEWEST_ROUNDS, USUAL_ROUNDS))
        calls = int(np.clip(SECONDS / least / cost, FEWEST_CALLS, CALLS))
        rounds: list[np.ndarray] = []
        while len(rounds) < least or (
            len(rounds) < ROUNDS and clock() - start < SECONDS * (1 - 1 / ROUNDS)
        ):
            rounds.append(_round(pairs, len(rounds) * calls, calls, clock))
    found = np.stack(rounds, axis=1)
    return Timings(found[0], found[1])


def _warm(pairs: Sequence[tuple[Call, Call]], clock: Clock) -> float:
    """Warm up both models. Returns the seconds that both together take for a row."""
    costs: list[float] = []
    while len(costs) < WARM and sum(costs) < SECONDS / 5:
        costs.append(sum(_timed(call, clock) for call in pairs[len(costs) % len(pairs)]))
    return max(float(np.median(costs)), 1e-9)


def _round(pairs: Sequence[tuple[Call, Call]], first: int, calls: int, clock: Clock) -> np.ndarray:
    found = np.empty((2, calls))
    for place in range(calls):
        pair = pairs[(first + place) % len(pairs)]
        for which in (0, 1) if place % 2 == 0 else (1, 0):
            found[which, place] = _timed(pair[which], clock)
    return found


def _timed(call: Call, clock: Clock) -> float:
    start = clock()
    call()
    return clock() - start


@contextmanager
def _without_collector() -> Iterator[None]:
    """Turn off the garbage collector: it would slow one of the models by chance."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def about(timings: Timings) -> dict[str, Any]:
    """For the comment: milliseconds, and the median and range of the ratios over rounds."""
    return {
        "candidate": _percentiles(timings.ours),
        "champion": _percentiles(timings.theirs),
        "calls": int(timings.ours.size),
        "ratio": _spread(timings.ratios(0.99)),
        "ratio_p50": _spread(timings.ratios(0.5)),
    }


def _percentiles(seconds: np.ndarray) -> dict[str, float]:
    p50, p99 = np.quantile(seconds, [0.5, 0.99]) * 1000
    return {"p50_ms": round(float(p50), 4), "p99_ms": round(float(p99), 4)}


def _spread(ratios: np.ndarray) -> dict[str, float | None]:
    named = {"value": np.median(ratios), "low": ratios.min(), "high": ratios.max()}
    return {
        name: round(float(figure), 3) if np.isfinite(figure) else None
        for name, figure in named.items()
    }


def rule(found: dict[str, Any], bar: float, fast_ms: float = 0.0) -> Rule:
    """Both the ratio of the 99th percentiles and the ratio of the medians are within the bar.

    On a busy machine the slowest calls are interrupted calls, for both models. Their ratio is near
    1, so a slow model would pass on the 99th percentile alone. A p99 of at most `fast_ms` passes,
    too: a better model may take several times as long as a champion of a tenth of a millisecond.
    """
    ratio, middle = found["ratio"], found["ratio_p50"]["value"]
    if None in (*ratio.values(), middle):
        return Rule.judged(NAME, False, "the ratio is not a number.", bar=f"<= {bar:g}")
    within = bool(ratio["value"] <= bar and middle <= bar)
    ours, theirs = (found[which]["p99_ms"] for which in ("candidate", "champion"))
    fast = bool(ours <= fast_ms)
    why = (
        f"p99 of one row {ours:.3g} ms, champion {theirs:.3g} ms, {found['calls']:,} calls each, "
        f"in turns; the ratio is the median of rounds; the ratio of p50 is {middle:.2f}"
    )
    if not within:
        slow = ". The proposal is too slow compared with the champion."
        why += f". Up to {fast_ms:g} ms the ratio does not count." if fast else slow
    figure = f"{ratio['value']:.2f} ({ratio['low']:.2f} to {ratio['high']:.2f})"
    text = f"<= {bar:g}" + (f", or p99 <= {fast_ms:g} ms" if fast_ms else "")
    return Rule.judged(NAME, within or fast, why, figure=figure, bar=text)
