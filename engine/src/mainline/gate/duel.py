"""All comparisons of candidate and champion. The champion's bytes are loaded once."""

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mainline.core.errors import OutOfReachError
from mainline.gate import alternatives, challenge, drift, latency, stability
from mainline.gate.bars import Bars
from mainline.gate.candidate import Candidate
from mainline.gate.champion import Champion
from mainline.gate.opponent import NotComparableError, Opponent, meet
from mainline.gate.verdict import WAIVED, Rule
from mainline.packaging.saved_model import Scorer

Found = dict[str, Any]


@dataclass(frozen=True)
class Duel:
    """The rules, and the facts for the comment.

    `about` holds the champion's figures, None when the champion rule could not compare. `measured`
    holds measurements by the name of their rule; a failed measurement has the key `problem`.
    """

    rules: list[Rule]
    about: Found | None = None
    measured: dict[str, Found] = field(default_factory=dict)


def alone(candidate: Candidate) -> Duel:
    """Without a champion only the candidate's latency is measured."""

    def measure() -> Found:
        calls = latency.calls(candidate.scorer, candidate.test)
        whole = latency.about(latency.in_turns(calls, calls, time.perf_counter))
        return {"candidate": whole["candidate"], "calls": whole["calls"]}

    measured = {latency.NAME: tried(measure)}
    return Duel([], None, measured | _alternatives(candidate))


def _alternatives(candidate: Candidate) -> dict[str, Found]:
    return {alternatives.NAME: tried(lambda: alternatives.measured(candidate))}


def judge(
    candidate: Candidate, champion: Champion, bars: Bars, *, retrain: bool, in_ci: bool
) -> Duel:
    """The champion rule, and latency, stability and drift if they have a bar. Never raises."""
    opponent = meet(candidate, champion, bars.gate.champion.min_rows)
    first, about = challenge.judge(
        candidate, champion, opponent, bars, retrain=retrain, in_ci=in_ci
    )
    gate = bars.gate
    measured = {
        latency.NAME: tried(lambda: latency.measured(candidate, *_both(opponent))),
        stability.NAME: tried(lambda: stability.measured(candidate, *_both(opponent))),
        drift.NAME: tried(lambda: drift.measured(candidate, champion)),
    }
    measured[drift.NAME] |= {"some": gate.drift.some, "much": gate.drift.much}
    measured |= _alternatives(candidate)
    excuse = _excuse(opponent, bars, in_ci=in_ci)
    excused = excuse if isinstance(opponent.problem, NotComparableError) else ""
    fast_rule = functools.partial(latency.rule, fast_ms=gate.latency.fast_ms)
    rules = [
        _judged(latency.NAME, measured, gate.latency.ratio, fast_rule, excuse),
        _judged(stability.NAME, measured, gate.stability.least, stability.rule, excuse),
        _judged(drift.NAME, measured, gate.drift.largest_psi, drift.rule, excused),
    ]
    return Duel([first, *(rule for rule in rules if rule)], about, measured)


def _both(opponent: Opponent) -> tuple[Scorer, Any]:
    if opponent.scorer is None or opponent.common is None:
        raise opponent.problem or RuntimeError("the champion could not be scored")
    return opponent.scorer, opponent.common


def tried(measure: Callable[[], Found]) -> Found:
    """The measurement, or its error as `problem`. A hostile file may raise any exception."""
    try:
        return measure()
    except Exception as error:
        return {"problem": str(error) or type(error).__name__}


def _excuse(opponent: Opponent, bars: Bars, *, in_ci: bool) -> str:
    """Why a champion that cannot be scored closes only its own rule; empty if it closes all."""
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
    """The judged rule. None without a bar: then the measurement is only shown."""
    if bar is None:
        return None
    problem = measured[name].get("problem")
    if problem is None:
        try:
            return rule(measured[name], bar)
        except Exception as error:  # a rule that raises has failed
            problem, excuse = str(error) or type(error).__name__, ""
    if excuse:
        return Rule(name, WAIVED, f"{excuse}: {problem}", figure="none")
    return Rule.judged(name, False, f"could not be computed: {problem}", figure="none")
