"""Latency, stability and drift against a real champion: shown, judged by a bar, waived, closed."""

import shutil

import numpy as np
import pytest

from customer_churn.core.files import json_text
from customer_churn.gate import drift, latency
from customer_churn.gate.latency import Timings, about

OTHER = {"train.seed": 42}
SLOW = {"gate.latency": {"ratio": 2.0}}
NAMES = ("latency", "stability", "drift")


@pytest.fixture
def slow(monkeypatch):
    """A candidate that takes three times as long as the champion, whatever this machine does."""
    theirs = np.full((3, 50), 0.001)
    monkeypatch.setattr(latency, "measured", lambda *_: about(Timings(3 * theirs, theirs)))


def bars(project, **values: object) -> None:
    """Bars of main, which are the ones in force."""
    project.set(**values)
    project.git("commit", "-qm", "bars", "params.yaml")
    project.git("branch", "-f", "main", "HEAD")


def new_data(project) -> None:
    project.set(**{"data.as_of": "2026-07-31"})
    project.run("ingest", "validate", "split")
    project.retrain()


def test_new_data_is_measured_against_the_champions_and_shown(project, judge, rule):
    new_data(project)
    verdict = judge(project)
    found = verdict.measured
    assert set(found) == set(NAMES)
    assert "problem" not in str(found)
    assert {"tenure_months", "churned"} <= {each["name"] for each in found["drift"]["columns"]}
    assert found["drift"]["rows"][1] > found["drift"]["rows"][0]
    assert found["stability"]["rank_correlation"] > 0
    worth = found["stability"]["columns"].values()  # of two models, not of one beside itself
    assert any(each["candidate"] != each["champion"] for each in worth)
    assert found["latency"]["champion"]["p99_ms"] > 0
    assert [each.name for each in verdict.rules if each.name in NAMES] == ["latency"]
    assert verdict.open, verdict.headline
    json_text(verdict.to_json())


def test_bars_make_rules_of_them(project, judge, rule, slow):
    bars(project, **SLOW, **{"gate.stability": {"least": 0.1}, "gate.drift": {"largest_psi": 1e-9}})
    new_data(project)
    verdict = judge(project)
    assert rule(verdict, "latency").outcome == "fail"
    assert "p99 of one row 3 ms, the champion's 1 ms" in rule(verdict, "latency").why
    assert rule(verdict, "stability").outcome == "pass"
    assert rule(verdict, "drift").outcome == "fail"
    assert "moved most" in rule(verdict, "drift").why


def test_the_proposals_own_bar_does_not_count(project, judge, rule, slow):
    bars(project, **SLOW)
    project.retrain(**OTHER, **{"gate.latency": {"ratio": None}})
    verdict = judge(project)
    assert rule(verdict, "latency").outcome == "fail"
    assert any("gate.latency.ratio changes from 2.0 to None" in note for note in verdict.notes)


def test_without_bars_nothing_is_judged(project, judge, slow):
    bars(project, **{"gate.latency": {"ratio": None}})
    project.set(**{"package.golden_rows": 8})
    project.run("package", "release")
    verdict = judge(project)
    assert verdict.open, verdict.headline
    assert not [each for each in verdict.rules if each.name in NAMES]
    assert verdict.measured["latency"]["ratio"]["value"] == 3
    assert verdict.measured["drift"]["same"] is True


def test_what_breaks_off_closes_where_it_has_a_bar_and_is_told_where_not(
    project, judge, rule, monkeypatch
):
    def broken(*_, **__):
        raise ZeroDivisionError("out of time")

    monkeypatch.setattr(latency, "in_turns", broken)
    monkeypatch.setattr(drift, "drift", broken)
    new_data(project)
    verdict = judge(project)
    assert rule(verdict, "latency").outcome == "fail"
    assert rule(verdict, "latency").why == "could not be computed: out of time"
    assert verdict.measured["drift"]["problem"] == "out of time"


def test_a_rollback_waives_them(rolled_back, judge, rule, slow):
    project, _ = rolled_back
    verdict = judge(project)
    assert rule(verdict, "latency").outcome == "waived"
    assert verdict.open, verdict.headline


def test_of_the_same_model_nothing_is_measured(project, judge):
    assert judge(project).measured == {}


def test_of_the_first_model_latency_is_shown_alone(unreleased, judge):
    verdict = judge(unreleased)
    assert set(verdict.measured) == {"latency"}
    assert verdict.measured["latency"]["candidate"]["p99_ms"] > 0
    assert "ratio" not in verdict.measured["latency"]


def test_a_champion_out_of_reach_closes_in_ci_and_is_not_judged_on_a_laptop(project, judge, rule):
    bars(project, **{"gate.drift": {"largest_psi": 10.0}})
    new_data(project)
    cache = project.root / ".dvc" / "cache"
    shutil.rmtree(cache)
    in_ci, here = judge(project), judge(project, in_ci=False)
    assert rule(in_ci, "latency").outcome == "fail"
    assert rule(here, "latency").outcome == "waived"
    assert "CI will not accept it" in rule(here, "latency").why
    for verdict in (in_ci, here):
        assert rule(verdict, "drift").outcome == "fail"
        assert "neither in the DVC cache" in verdict.measured["drift"]["problem"]


def test_a_champion_that_is_given_up_closes_none_of_them(project, judge, rule):
    reset = {"split.salt": "another", "gate.champion.reset": "another split"}
    project.retrain("split", **reset)
    verdict = judge(project)
    assert rule(verdict, "latency").outcome == "waived"
    assert "given up" in rule(verdict, "latency").why
    assert verdict.open, verdict.headline
