"""Everything that sets the candidate against the champion, whose bytes are loaded once."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mainline.core.errors import OutOfReachError
from mainline.gate import challenge, drift, latency, stability
from mainline.gate.bars import Bars
from mainline.gate.candidate import Candidate
from mainline.gate.champion import Champion
from mainline.gate.opponent import NotComparableError, Opponent, meet
from mainline.gate.verdict import WAIVED, Rule
from mainline.packaging.saved_model import Scorer

Found = dict[str, Any]


@dataclass(frozen=True)
class Duel:
    """`about` is what is known of the champion, None when the champion rule could not compare.

    `measured` holds what the comment shows beside the rules, by the name of its rule; what could
    not be had is a `problem`.
    """

    rules: list[Rule]
    about: Found | None = None
    measured: dict[str, Found] = field(default_factory=dict)


def alone(candidate: Candidate) -> Duel:
    """There is no champion yet: how long the model takes is shown."""

    def measure() -> Found:
        calls = latency.calls(candidate.scorer, candidate.test)
        whole = latency.about(latency.in_turns(calls, calls, time.perf_counter))
        return {"candidate": whole["candidate"], "calls": whole["calls"]}

    return Duel([], None, {latency.NAME: _tried(measure)})


def judge(
    candidate: Candidate, champion: Champion, bars: Bars, *, retrain: bool, in_ci: bool
) -> Duel:
    """The champion rule, and latency, stability and drift where they have a bar. Never raises."""
    opponent = meet(candidate, champion, bars.gate.champion.min_rows)
    first, about = challenge.judge(
        candidate, champion, opponent, bars, retrain=retrain, in_ci=in_ci
    )
    gate = bars.gate
    measured = {
        latency.NAME: _tried(lambda: latency.measured(candidate, *_both(opponent))),
        stability.NAME: _tried(lambda: stability.measured(candidate, *_both(opponent))),
        drift.NAME: _tried(lambda: drift.measured(candidate, champion)),
    }
    measured[drift.NAME] |= {"some": gate.drift.some, "much": gate.drift.much}
    excuse = _excuse(opponent, bars, in_ci=in_ci)
    excused = excuse if isinstance(opponent.problem, NotComparableError) else ""
    rules = [
        _judged(latency.NAME, measured, gate.latency.ratio, latency.rule, excuse),
        _judged(stability.NAME, measured, gate.stability.least, stability.rule, excuse),
        _judged(drift.NAME, measured, gate.drift.largest_psi, drift.rule, excused),
    ]
    return Duel([first, *(rule for rule in rules if rule)], about, measured)


def _both(opponent: Opponent) -> tuple[Scorer, Any]:
    if opponent.scorer is None or opponent.common is None:
        raise opponent.problem or RuntimeError("the champion could not be scored")
    return opponent.scorer, opponent.common


def _tried(measure: Callable[[], Found]) -> Found:
    """What was measured, or why it could not be: whatever a hostile file raises."""
    try:
        return measure()
    except Exception as error:
        return {"problem": str(error) or type(error).__name__}


def _excuse(opponent: Opponent, bars: Bars, *, in_ci: bool) -> str:
    """Why a champion that cannot be scored closes no rule but its own; empty when it does."""
    if bars.reset is not None and isinstance(opponent.problem, NotComparableError):
        return "the champion is given up"
    if isinstance(opponent.problem, OutOfReachError) and not in_ci:
        return "not judged on this machine; CI will not accept it"
    return ""


def _judged(
    name: str,
    measured: dict[str, Found],
    bar: float | None,
    rule: Callable[[Found, float], Rule],
    excuse: str,
) -> Rule | None:
    """None without a bar: shown, not judged."""
    if bar is None:
        return None
    problem = measured[name].get("problem")
    if problem is None:
        try:
            return rule(measured[name], bar)
        except Exception as error:  # a rule that broke off has failed
            problem, excuse = str(error) or type(error).__name__, ""
    if excuse:
        return Rule(name, WAIVED, f"{excuse}: {problem}", figure="none")
    return Rule.judged(name, False, f"could not be computed: {problem}", figure="none")
