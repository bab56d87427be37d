"""The latency rule: its arithmetic on injected timings, and two real models by turns."""

import time
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from mainline.core.table import TableSettings
from mainline.gate import latency
from mainline.gate.latency import Timings, about, in_turns, rule
from mainline.model.preprocessing import Preprocessing
from mainline.model.target import Target
from mainline.model.trained import Trained
from mainline.packaging.saved_model import Scorer, export


def timings(factor: float, *, rounds: int = 5, calls: int = 100) -> Timings:
    """The champion takes 1 to 2 ms; the candidate `factor` times as long."""
    theirs = np.tile(np.linspace(0.001, 0.002, calls), (rounds, 1))
    return Timings(theirs * factor, theirs)


@pytest.mark.parametrize(("factor", "outcome"), [(0.5, "pass"), (1, "pass"), (2.5, "fail")])
def test_the_ratio_is_held_to_the_bar(factor, outcome):
    judged = rule(about(timings(factor)), 2.0)
    assert (judged.outcome, judged.bar) == (outcome, "<= 2")
    assert judged.figure == f"{factor:.2f} ({factor:.2f} to {factor:.2f})"
    assert f"p99 of one row {1.99 * factor:.3g} ms, champion 1.99 ms" in judged.why


def test_a_model_that_is_fast_may_be_slower_than_a_faster_champion():
    found = about(timings(3.0))
    ours = found["candidate"]["p99_ms"]
    judged = rule(found, 2.0, fast_ms=ours)
    assert judged.outcome == "pass"
    assert judged.bar == f"<= 2, or p99 <= {ours:g} ms"
    assert "the ratio does not count" in judged.why
    assert rule(found, 2.0, fast_ms=ours - 0.01).outcome == "fail"


def test_the_percentiles_are_those_of_numpy():
    shown = about(timings(3))
    assert shown["champion"] == {"p50_ms": 1.5, "p99_ms": 1.99}
    assert shown["candidate"] == {"p50_ms": 4.5, "p99_ms": 5.97}
    assert shown["calls"] == 500


def test_one_bad_round_is_not_the_verdict():
    found = timings(1)
    found.ours[2] *= 50
    judged = rule(about(found), 2.0)
    assert judged.outcome == "pass"
    assert judged.figure == "1.00 (1.00 to 50.00)"


def test_a_busy_machine_whose_interruptions_level_the_tails_hides_no_slow_model():
    found = timings(10)
    for each in (found.ours, found.theirs):
        each[:, -3:] = 0.5
    assert about(found)["ratio"]["value"] == 1
    assert rule(about(found), 2.0).outcome == "fail"


@pytest.mark.parametrize("share", [0.98, 0.5])
def test_a_slow_tail_alone_closes(share):
    found = timings(1)
    found.ours[:, int(share * 100) :] *= 30
    assert rule(about(found), 2.0).outcome == "fail"


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_no_number_closes(bad):
    found = timings(1)
    found.ours[:, -1] = bad
    assert rule(about(found), 2.0).outcome == "fail"


def test_a_champion_that_took_no_time_at_all_closes():
    assert rule(about(Timings(np.zeros((3, 5)), np.zeros((3, 5)))), 2.0).outcome == "fail"


class Clock:
    """Time passes only while a model is called."""

    def __init__(self) -> None:
        self.now, self.calls = 0.0, ""

    def __call__(self) -> float:
        return self.now

    def model(self, name: str, seconds: float):
        def call() -> None:
            self.now += seconds
            self.calls += name

        return [call] * 3


@pytest.mark.parametrize("seconds", [1e-7, 1e-4, 1e-3, 1e-2, 0.1])
def test_both_get_the_same_calls_by_turns_in_about_the_time_allowed(seconds):
    clock = Clock()
    found = in_turns(clock.model("A", 2 * seconds), clock.model("B", seconds), clock)
    assert found.ours.shape == found.theirs.shape
    assert len(found.ours) >= latency.FEWEST_ROUNDS
    a_round = clock.calls[-2 * found.ours.shape[1] :]
    assert ("ABBA" * len(a_round)).startswith(a_round)
    np.testing.assert_allclose(found.ratios(0.99), 2)
    least = 3 * seconds * (latency.FEWEST_ROUNDS * latency.FEWEST_CALLS + 2)
    assert clock.now <= max(latency.SECONDS * 1.2, least)


@pytest.fixture
def scorer(tiny_table, tiny_rows, tiny_settings, tiny_design, tmp_path):
    """Models that differ in their hidden layers only; for time it does not matter what they say."""

    def build(*hidden: int) -> Scorer:
        settings = tiny_settings.model_copy(update={"options": {"hidden": list(hidden)}})
        table: TableSettings = tiny_table
        learnt = Preprocessing.fit(tiny_rows["train"], table, 10, 1)
        target = Target.fit(tiny_rows["train"][table.target], table)
        directory = tmp_path / "-".join(map(str, hidden))
        export(Trained(learnt, target, tiny_design(settings).network(learnt, target)), directory)
        return Scorer(directory)

    return build


def judged(candidate: Scorer, champion: Scorer, rows) -> latency.Rule:
    """By the seconds that this process computes: what else the machine does has no say here."""
    calls = candidate.calls(rows), champion.calls(rows)
    return rule(about(in_turns(*calls, time.process_time)), 2.0)


def test_a_call_for_one_row_gives_its_score(scorer, tiny_rows):
    model, rows = scorer(8), tiny_rows["test"].head(5)
    scores = [call() for call in model.calls(rows)]
    np.testing.assert_allclose(np.concatenate(scores), model.score(rows), rtol=1e-5)


def test_a_large_network_is_too_slow_beside_a_small_one_and_not_beside_itself(scorer, tiny_rows):
    small, large = scorer(8), scorer(3072, 3072)
    rows = tiny_rows["test"].head(20)
    assert judged(large, small, rows).outcome == "fail"
    assert judged(small, large, rows).outcome == "pass"
    assert judged(small, scorer(9), rows).outcome == "pass"


class Named:
    """A scorer whose calls say whose they are, and of which rows."""

    def __init__(self, name):
        self.name = name

    def calls(self, frame):
        return [(self.name, rows) for rows in frame["rows"]]


def test_candidate_and_champion_are_the_two_that_are_timed(monkeypatch):
    seen = []

    def in_turns(ours, theirs, _):
        seen.extend([set(ours), set(theirs)])
        return Timings(np.full((5, 10), 3e-3), np.full((5, 10), 1e-3))

    monkeypatch.setattr(latency, "in_turns", in_turns)
    frames = [pd.DataFrame({"rows": [name] * 70}) for name in ("ours", "theirs")]
    candidate = SimpleNamespace(scorer=Named("candidate"))
    common = SimpleNamespace(ours=frames[0], theirs=frames[1])
    found = latency.measured(candidate, Named("champion"), common)
    assert seen == [{("candidate", "ours")}, {("champion", "theirs")}]
    assert found["ratio"]["value"] == 3
