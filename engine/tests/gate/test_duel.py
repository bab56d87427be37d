"""Latency, stability and drift beside the champion: shown, judged by a bar, waived, closed."""

from dataclasses import replace

import numpy as np
import pytest

from mainline.dvc.outputs import OutOfReachError
from mainline.gate import alternatives, drift, duel, latency, stability
from mainline.gate.latency import Timings, about
from mainline.gate.opponent import NotComparableError, Opponent
from mainline.gate.verdict import Rule

NAMES = {"latency": latency, "stability": stability, "drift": drift, "candidates": alternatives}


@pytest.fixture
def beside(monkeypatch, verdicts, bars):
    """Rules and figures, by name; what is measured is that of new data, or what the test says."""
    found = verdicts("july").measured

    def call(problem=None, *, in_ci=True, reset=None, measured=None, **gate):
        def measure(name):
            value = (measured or {}).get(name, found[name])
            if isinstance(value, Exception):
                raise value
            return dict(value)

        met = Opponent(problem=problem) if problem else Opponent(object(), object())
        monkeypatch.setattr(duel, "meet", lambda *_: met)
        champion = Rule.judged("champion", True, ""), {}
        monkeypatch.setattr(duel.challenge, "judge", lambda *_, **__: champion)
        for name, module in NAMES.items():
            monkeypatch.setattr(module, "measured", lambda *_, name=name: measure(name))
        changed = {
            key: getattr(bars.gate, key).model_copy(update=value) for key, value in gate.items()
        }
        asked = replace(bars, gate=bars.gate.model_copy(update=changed), reset=reset)
        judged = duel.judge(None, None, asked, retrain=False, in_ci=in_ci)
        return {rule.name: rule for rule in judged.rules}, judged.measured

    return call


def test_bars_make_rules_of_them(beside):
    theirs = np.full((3, 50), 0.001)
    rules, _ = beside(
        measured={"latency": about(Timings(3 * theirs, theirs))},
        latency={"ratio": 2.0},
        stability={"least": 0.1},
        drift={"largest_psi": 1e-9},
    )
    assert rules["latency"].outcome == "fail"
    assert "p99 of one row 3 ms, champion 1 ms" in rules["latency"].why
    assert rules["stability"].outcome == "pass"
    assert rules["drift"].outcome == "fail"
    assert "moved most" in rules["drift"].why


def test_without_bars_nothing_is_judged_and_all_is_shown(beside):
    rules, measured = beside(latency={"ratio": None})
    assert set(rules) == {"champion"}
    assert set(measured) == set(NAMES)
    assert (measured["drift"]["some"], measured["drift"]["much"]) == (0.1, 0.25)


def test_what_breaks_off_closes_where_it_has_a_bar_and_is_told_where_not(beside):
    broken = ZeroDivisionError("out of time")
    rules, measured = beside(measured={"latency": broken, "drift": broken})
    assert rules["latency"].outcome == "fail"
    assert rules["latency"].why == "could not be computed: out of time"
    assert "drift" not in rules
    assert measured["drift"]["problem"] == "out of time"


def test_a_rule_that_breaks_off_closes(beside):
    nothing = {"rank_correlation": None, "columns": {}}
    rules, _ = beside(measured={"stability": nothing}, stability={"least": -1.0})
    assert rules["stability"].outcome == "fail"
    assert "clear importance" in rules["stability"].why


def test_a_champion_out_of_reach_closes_in_ci_and_is_not_judged_on_a_laptop(beside):
    gone = OutOfReachError("neither in the DVC cache nor in a remote")
    asked = {"measured": {"drift": gone}, "drift": {"largest_psi": 10.0}}
    for in_ci, outcome in ((True, "fail"), (False, "waived")):
        rules, measured = beside(gone, in_ci=in_ci, **asked)
        assert rules["latency"].outcome == outcome
        assert "neither in the DVC cache" in rules["latency"].why
        assert rules["drift"].outcome == "fail"
        assert "neither in the DVC cache" in measured["drift"]["problem"]
    assert "CI will not accept it" in rules["latency"].why


def test_a_champion_that_is_given_up_closes_none_of_them(beside):
    other = NotComparableError("another split")
    rules, _ = beside(other, reset="another split")
    assert rules["latency"].outcome == "waived"
    assert "given up" in rules["latency"].why
    assert beside(other)[0]["latency"].outcome == "fail"


def test_no_opponent_and_no_reason_for_it_close(beside, monkeypatch):
    rules, _ = beside(RuntimeError(""))
    assert rules["latency"].outcome == "fail"
