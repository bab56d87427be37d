"""How long the model takes for one row, beside the champion: measured here, in turns.

A clock says more of the machine than of the model. Both are called on the same rows, by turns
(A B B A), so that whatever else the machine does meets both, and it is the ratio that is judged.
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
SECONDS = 1.5  # what measuring may take, about
FEWEST_ROUNDS, USUAL_ROUNDS, ROUNDS = 3, 7, 25
FEWEST_CALLS, CALLS = 5, 100  # of each model in a round
WARM = 20
ROWS = 64

Call = Callable[[], object]
Clock = Callable[[], float]


def measured(candidate: Candidate, champion: Scorer, common: Common) -> dict[str, Any]:
    """Both models on the same rows, measured now, for the comment and the rule."""
    ours, theirs = calls(candidate.scorer, common.ours), calls(champion, common.theirs)
    return about(in_turns(ours, theirs, time.perf_counter))


def calls(scorer: Scorer, frame: pd.DataFrame) -> list[Call]:
    """Calls for some rows from all over the frame."""
    return scorer.calls(frame.iloc[np.linspace(0, len(frame) - 1, ROWS).astype(int)])


@dataclass(frozen=True)
class Timings:
    """Seconds of every call, (rounds, calls) each."""

    ours: np.ndarray
    theirs: np.ndarray

    def ratios(self, share: float) -> np.ndarray:
        """Candidate by champion, of the calls' quantile in each round."""
        ours, theirs = (np.quantile(each, share, axis=1) for each in (self.ours, self.theirs))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(ours / theirs)


def in_turns(ours: Sequence[Call], theirs: Sequence[Call], clock: Clock) -> Timings:
    """Time both lists of calls, one a row; `clock` gives seconds. Slow models get fewer calls."""
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
    """Seconds that both models take for a row. The first calls load code and memory."""
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
    """Python's collection of garbage would hit one model or the other by chance."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def about(timings: Timings) -> dict[str, Any]:
    """What the comment shows: milliseconds, and ratios as their median and range over rounds."""
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


def rule(found: dict[str, Any], bar: float) -> Rule:
    """The ratio of the 99th percentiles is within the bar, and that of the medians.

    On a busy machine the slowest calls are those that the machine interrupted, alike for both:
    their ratio nears 1, and a slow model would pass.
    """
    ratio, middle = found["ratio"], found["ratio_p50"]["value"]
    if None in (*ratio.values(), middle):
        return Rule.judged(NAME, False, "the ratio is no number.", bar=f"<= {bar:g}")
    passed = bool(ratio["value"] <= bar and middle <= bar)
    ours, theirs = (found[which]["p99_ms"] for which in ("candidate", "champion"))
    why = (
        f"p99 of one row {ours:.3g} ms, the champion's {theirs:.3g} ms, {found['calls']:,} calls "
        f"each by turns; the ratio is the median of rounds, that of p50 is {middle:.2f}"
    )
    if not passed:
        why += ". The proposal is too slow beside the champion."
    figure = f"{ratio['value']:.2f} ({ratio['low']:.2f} to {ratio['high']:.2f})"
    return Rule.judged(NAME, passed, why, figure=figure, bar=f"<= {bar:g}")
