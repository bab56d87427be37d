"""A split of entities: decided on the figure that was named before, or not, and why."""

import json
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from experiment_trial import (
    ASKED,
    BEGUN,
    CHALLENGER,
    MAIN,
    ROUTES,
    THRESHOLDS,
    labels_of,
    people,
    split,
)

from mainline.core.errors import MainlineError
from mainline.experiments.experiment_result import Result


def test_a_better_challenger_is_found_with_its_figures(trial, split_trial, capsys):
    split_trial()
    result = trial.run()
    assert result.decision == "better"
    assert (result.main_version, result.challenger_version) == (MAIN, CHALLENGER)
    assert result.figure.difference < result.figure.high < 0
    assert sum(result.figure.counts) == 4_000
    assert result.ratio["p"] > 0.001
    assert "The challenger is better: log loss" in capsys.readouterr().out
    folder = trial.root / "reports/experiments"
    assert Result.read(folder / "spring.json") == result
    assert json.loads((folder / "spring.json").read_text())["sentence"] == result.sentence
    assert f"| version | `{MAIN}` | `{CHALLENGER}` |" in (folder / "spring.md").read_text()


def test_two_models_that_are_equal_are_not_decided(trial):
    trial.routes(ROUTES)
    found = people(4_000).assign(better=lambda rows: rows["plain"])
    trial.labels(labels_of(found))
    trial.log(split(found))
    result = trial.run()
    assert result.decision == "open"
    assert result.figure.low < 0 < result.figure.high
    assert "reaches 0" in result.sentence


def test_a_worse_challenger_is_found(trial):
    trial.routes(ROUTES)
    found = people(4_000)
    trial.labels(labels_of(found))
    swapped = found.assign(plain=found["better"], better=found["plain"])
    trial.log(split(swapped))
    assert trial.run().decision == "worse"


def test_few_entities_decide_nothing(trial, split_trial):
    split_trial(150)
    result = trial.run()
    assert result.decision == "open"
    assert "too few" in result.sentence
    assert result.figure.low is None


def test_an_entity_counts_once_however_often_it_asks(trial, split_trial):
    found = split_trial(150)
    for number in range(1, 40):
        again = split(found)
        trial.log(again.assign(request_id=again["request_id"] + f"-{number}"))
    result = trial.run()
    assert sum(result.figure.counts) == 150
    assert result.decision == "open"


def test_a_figure_that_was_named_after_the_first_request_decides_nothing(trial, split_trial):
    split_trial(routes={**ROUTES, "figure": "brier"})
    trial.routes(ROUTES, ASKED + timedelta(days=3))
    result = trial.run()
    assert result.decision == "none"
    assert "named on 2026-03-05 00:00 UTC, after the first request" in result.sentence
    assert result.figure.high < 0  # it would have been better


def test_a_figure_that_is_changed_back_was_not_named_before(trial, split_trial):
    split_trial()
    trial.routes({**ROUTES, "figure": "brier"}, ASKED + timedelta(days=3))
    trial.routes(ROUTES, ASKED + timedelta(days=4))
    assert trial.run().decision == "none"


def test_arms_that_do_not_have_their_shares_decide_nothing(trial):
    trial.routes({**ROUTES, "split": {"by": "entity", "share": 0.4}})
    found = people(4_000)
    trial.labels(labels_of(found))
    trial.log(split(found))
    result = trial.run()
    assert result.decision == "none"
    assert "do not have their shares" in result.sentence
    assert result.ratio["p"] < 1e-9


def test_a_larger_share_begins_the_comparison_anew(trial, split_trial):
    """Before it, entities of the challenger were main's."""
    found = split_trial()
    wider = {**ROUTES, "split": {"by": "entity", "share": 0.9}}
    trial.routes(wider, ASKED + timedelta(days=10))
    trial.log(split(found, 0.9).assign(time=ASKED + timedelta(days=11)))
    result = trial.run()
    assert result.first == "2026-03-13 00:00"
    assert result.ratio["expected"] == 0.9
    assert result.ratio["p"] > 0.001


def test_what_main_answered_before_the_gateway_had_the_settings_is_left_out(trial, split_trial):
    """Between the merge and the roll-out every entity is main's."""
    split_trial()
    early = split(people(6_000)).assign(arm="main", version=MAIN, time=BEGUN + timedelta(hours=1))
    early["entity"] = "early-" + early["entity"]
    trial.log(early.assign(request_id=early["entity"]))
    result = trial.run()
    assert result.first == "2026-03-02 00:00"
    assert result.ratio["units"] == 4_000
    assert result.decision == "better"


def test_what_main_answered_in_its_place_is_the_challenger_s(trial, split_trial):
    """Else a challenger that fails would lose entities, and seem well."""
    found = split_trial()
    rows = split(found)
    theirs = rows[rows["arm"].eq("challenger")].head(600)
    stood_in = theirs.assign(
        arm="main", version=MAIN, problem="challenger unreachable", score=None,
        request_id=theirs["request_id"] + "-again",
    )  # fmt: skip
    trial.log(stood_in)
    result = trial.run()
    failures = next(line for line in result.shown if line.name == "failures")
    assert failures.main == 0
    assert failures.challenger == pytest.approx(600 / 2 / failures.counts[1], rel=1e-6)
    assert failures.low > 0


def test_main_s_scores_in_its_place_are_not_the_challenger_s(trial, split_trial):
    rows = split(split_trial())
    before = trial.run().figure
    theirs = rows[rows["arm"].eq("challenger")].head(600)
    trial.log(
        theirs.assign(
            arm="main", version=MAIN, problem="challenger unreachable", score=0.99,
            request_id=theirs["request_id"] + "-again",
        )
    )  # fmt: skip
    assert trial.run().figure == before


def test_a_mixed_request_and_one_without_an_entity_are_left_out(trial, split_trial):
    found = split_trial()
    rows = split(found)
    theirs = rows[rows["arm"].eq("challenger")].head(30)
    trial.log(
        theirs.assign(arm="main", version=MAIN, request_id="mixed-" + theirs["entity"], score=0.5)
    )
    trial.log(
        rows.head(7).assign(entity=None, arm="main", version=MAIN, request_id=list("abcdefg"))
    )
    result = trial.run()
    assert "7 rows without an entity are left out" in result.notes
    assert sum("30 rows of the challenger's entities" in note for note in result.notes) == 1
    assert result.decision == "better"


def test_the_gateway_s_own_refusals_are_in_no_arm(trial, split_trial):
    found = split_trial()
    refused = split(found).head(500)
    trial.log(
        refused.assign(arm="main", status=400, problem="duplicate key", score=None, version="")
    )
    failures = next(line for line in trial.run().shown if line.name == "failures")
    assert (failures.main, failures.challenger) == (0, 0)


def test_answers_that_are_no_numbers_decide_nothing(trial, split_trial):
    found = split_trial()
    rows = split(found)
    theirs = rows["arm"].eq("challenger")
    trial.log(
        rows[theirs].head(40).assign(score=np.nan, request_id=lambda each: "n" + each["entity"])
    )
    result = trial.run()
    assert result.decision == "none"
    assert "40 answers of the challenger are no numbers" in result.sentence


def test_another_version_in_an_arm_is_left_out(trial, split_trial):
    found = split_trial()
    old = split(found).assign(time=ASKED - timedelta(hours=2), version="7")
    trial.log(old)
    result = trial.run()
    assert (result.main_version, result.challenger_version) == (MAIN, CHALLENGER)
    assert sum(result.figure.counts) == 4_000
    assert "4,000 rows of other versions, or before are left out" in result.notes


def test_a_split_by_a_header_decides_nothing(trial, split_trial):
    split_trial(routes={"experiment": "spring", "figure": "log_loss", "split": {"by": "header"}})
    result = trial.run()
    assert result.decision == "none"
    assert "callers choose the arm" in result.sentence


def test_the_share_of_positives_may_be_the_figure(trial):
    """Of what customers do, not of what a model says: more is better, or less."""
    found = people(6_000)
    rows = split(found)
    theirs = rows["arm"].eq("challenger").to_numpy()
    rng = np.random.default_rng(2)
    found["left"] = rng.random(len(found)) < np.where(theirs, 0.3, 0.5)
    trial.labels(labels_of(found))
    trial.log(rows)
    for number, (figure, decision) in enumerate(
        [("conversion", "worse"), ("event_rate", "better")]
    ):
        trial.routes({**ROUTES, "figure": figure}, BEGUN + timedelta(minutes=number))
        assert trial.run().decision == decision


def test_costs_use_the_threshold_of_each_release(trial, split_trial):
    found = split_trial(routes={**ROUTES, "figure": "cost"})
    line = trial.run().figure
    rows = split(found).assign(left=found["left"])
    for arm, threshold, said in (
        ("main", THRESHOLDS[MAIN], line.main),
        ("challenger", THRESHOLDS[CHALLENGER], line.challenger),
    ):
        own = rows[rows["arm"].eq(arm)]
        called = own["score"] >= threshold
        assert said == pytest.approx(
            (called & ~own["left"]).mean() + 8 * (~called & own["left"]).mean()
        )


def test_without_labels_latency_and_failures_decide(trial):
    trial.routes({**ROUTES, "figure": "latency"})
    rows = split(people(2_000))
    rng = np.random.default_rng(1)
    slow = np.where(rows["arm"].eq("main"), 0.02, 0.01) + rng.exponential(0.005, len(rows))
    trial.log(rows.assign(seconds=slow))
    result = trial.run()
    assert result.decision == "better"
    assert result.figure.difference == pytest.approx(-10, abs=1)
    assert result.figure.unit == " ms"


def test_a_split_by_weight_counts_requests(trial):
    trial.routes({**ROUTES, "figure": "failures", "split": {"by": "weight", "share": 0.25}})
    rng = np.random.default_rng(4)
    theirs = rng.random(4_000) < 0.25
    rows = pd.DataFrame(
        {
            "request_id": [f"r{number}" for number in range(4_000)],
            "arm": np.where(theirs, "challenger", "main"),
            "version": np.where(theirs, CHALLENGER, MAIN),
            "status": np.where(theirs & (rng.random(4_000) < 0.2), 500, 200),
        }
    )
    trial.log(rows)
    result = trial.run()
    assert result.unit == "requests"
    assert result.decision == "worse"


def test_an_experiment_that_has_ended_is_read_to_its_end(trial, split_trial):
    found = split_trial()
    trial.routes({}, ASKED + timedelta(days=5))
    trial.log(split(found).assign(score=0.5, time=ASKED + timedelta(days=6)))
    result = trial.run(name="spring")
    assert result.last == "2026-03-07"
    assert result.decision == "better"
    with pytest.raises(MainlineError, match=r"no experiment runs on main\. Found spring"):
        trial.run()
