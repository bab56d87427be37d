"""Drift of the scores, of their mean, and of segments, for the three tasks."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from logged_window import rows, write

from conftest import TABLE, inputs
from mainline.monitoring import prediction_drift

COUNT = 5000


@pytest.fixture
def found(store, opened, watched, reference):
    """A function: scores into the log, findings out, by name."""

    def call(scores, frame=None, of=reference, **others):
        frame = inputs(len(scores), 5) if frame is None else frame
        write(store, rows(frame, scores, **others))
        with opened() as log:
            findings = prediction_drift.findings(watched, of, log, watched.settings)
        return {each.name.removeprefix("prediction."): each for each in findings}

    return call


def scores(count=COUNT, seed=3):
    return np.random.default_rng(seed).beta(2, 8, count)


def test_scores_of_the_same_distribution_are_quiet(found):
    of = found(scores())
    assert {each.status for each in of.values()} == {"quiet"}
    assert of["scores"].rows == COUNT
    assert of["mean"].value == pytest.approx(0, abs=0.02)
    assert of["mean"].low < of["mean"].value < of["mean"].high


def test_scores_that_moved_alarm_and_so_does_their_mean(found):
    of = found(np.clip(scores() + 0.15, 0, 1))
    assert of["scores"].status == of["mean"].status == "alarm"
    assert "the mean of the scores is 0.35" in of["mean"].sentence
    assert of["mean"].details["promised"] == pytest.approx(0.2, abs=0.02)


def test_a_mean_below_the_promised_one_alarms(found):
    assert found(scores() * 0.3)["mean"].status == "alarm"


def test_a_mean_whose_interval_reaches_back_over_the_bar_is_quiet(found):
    few = found(scores(500) + 0.075)["mean"]
    assert few.low < 0.05 < few.value
    assert few.status == "quiet"


def test_a_segment_that_moved_is_named(found):
    frame, of = inputs(COUNT, 5), scores()
    of = np.where(frame["plan"] == "plus", np.clip(of + 0.2, 0, 1), of)
    found = found(of, frame)
    assert found["scores[plan=plus]"].status == "alarm"
    assert found["scores[plan=basic]"].status == "quiet"
    assert found["scores[age<40]"].rows == int((frame["age"].astype("float32") < 40).sum())
    assert found["scores[age>=40]"].rows == int((frame["age"].astype("float32") >= 40).sum())


def test_a_load_test_with_one_key_does_not_alarm_by_its_mean(found):
    of = found(np.full(COUNT, 0.9), entity="load-test")["mean"]
    assert (of.status, of.details["judged"]) == ("quiet", False)
    assert of.value == pytest.approx(0.7, abs=0.02)
    assert (of.low, of.high) == (None, None)


def test_customers_beside_a_load_test_are_not_judged_by_it(found):
    keys = ["load-test"] * 4000 + [f"c{number}" for number in range(1000)]
    of = found(np.concatenate([np.full(4000, 0.9), scores(1000)]), entity=keys)["mean"]
    assert (of.status, of.details["judged"]) == ("quiet", False)


def test_means_of_thirty_customers_and_more_are_judged(found):
    keys = [f"c{number % 60}" for number in range(COUNT)]
    assert found(np.full(COUNT, 0.9), entity=keys)["mean"].status == "alarm"


def test_a_segment_counts_its_own_entities(found):
    """One customer asks for all rows of a plan, thousands for the others."""
    frame = inputs(COUNT, 5)
    plus = (frame["plan"] == "plus").to_numpy()
    keys = np.where(plus, "loud", [f"c{number}" for number in range(COUNT)])
    of = found(np.where(plus, 0.9, scores()), frame, entity=keys)
    loud, basic = of["scores[plan=plus]"], of["scores[plan=basic]"]
    assert loud.details["effective_rows"][1] == 1
    assert loud.status == "quiet"
    assert basic.details["effective_rows"][1] == basic.rows


def test_a_bound_that_float32_cannot_hold_cuts_log_and_test_rows_alike(found, watched, reference):
    watched.evaluation = watched.evaluation.model_copy(update={"slices": {"age": [0.7]}})
    age = np.array([0.6, 0.7] * (COUNT // 2))
    test = reference.test.assign(age=np.resize(age, len(reference.test)))
    of = SimpleNamespace(test=test, scores=reference.scores)
    found = found(scores(), inputs(COUNT, 5).assign(age=age), of=of)
    assert found["scores[age<0.7]"].rows == found["scores[age>=0.7]"].rows == COUNT // 2


def test_bounds_of_a_boolean_are_counted(store, opened, watched, reference):
    watched.evaluation = watched.evaluation.model_copy(update={"slices": {"age": [0.5]}})
    flags = np.arange(COUNT) % 2 == 0
    of = SimpleNamespace(
        test=reference.test.assign(age=np.resize(flags, len(reference.test))),
        scores=reference.scores,
    )
    frame = inputs(COUNT, 5).assign(age=flags)
    write(store, rows(frame, scores()), input_age=pa.bool_())
    with opened() as log:
        findings = prediction_drift.findings(watched, of, log, watched.settings)
    assert {each.rows for each in findings if "age" in each.name} == {COUNT // 2}


def test_only_answers_of_the_watched_version_count(found):
    of = np.concatenate([scores(2000), scores(2000) + 0.3])
    found = found(of, version=["7"] * 2000 + ["6"] * 2000)
    assert (found["scores"].status, found["scores"].rows) == ("quiet", 2000)


def test_without_an_answer_of_the_watched_version_it_is_unknown(found):
    [of] = found(scores(), version="6").values()
    assert (of.name, of.status) == ("prediction.scores", "unknown")
    assert of.sentence == "no row of the window was answered by version 7."


def test_answers_without_a_number_are_unknown(found):
    of = found(np.full(COUNT, np.nan))
    assert of["mean"].status == "unknown"
    assert of["scores"].status == "alarm"  # all are missing


def test_below_min_rows_nothing_alarms(found):
    of = found(np.full(499, 0.9))
    assert {each.status for each in of.values()} == {"quiet"}


def test_classes_are_compared_by_label_and_each_mean(found, watched):
    rng = np.random.default_rng(4)
    watched.table = TABLE.model_copy(
        update={"task": "multiclass", "positive": None, "classes": ["a", "b", "c"]}
    )

    def drawn(count, share):
        return rng.dirichlet(np.array(share) * 10, count)

    test = inputs(3000, 2).assign(who=[f"t{n}" for n in range(3000)])
    test["left"] = rng.choice(3, 3000, p=[0.5, 0.3, 0.2])
    of = SimpleNamespace(test=test, scores=drawn(3000, [0.5, 0.3, 0.2]))
    same = found(drawn(COUNT, [0.5, 0.3, 0.2]), of=of)
    assert {each.status for each in same.values()} == {"quiet"}
    assert {"mean[a]", "mean[b]", "mean[c]", "scores", "scores[plan=pro]"} <= same.keys()
    moved = found(drawn(COUNT, [0.2, 0.6, 0.2]), of=of)
    assert moved["scores"].status == moved["mean[a]"].status == "alarm"
    assert moved["mean[c]"].status == "quiet"
    assert moved["scores"].details["bins"][1][0] == "a"


def test_a_row_without_numbers_has_no_class_and_counts_as_missing(found, watched):
    watched.table = TABLE.model_copy(
        update={"task": "multiclass", "positive": None, "classes": ["a", "b", "c"]}
    )
    test = inputs(3000, 2).assign(who=[f"t{n}" for n in range(3000)])
    test["left"] = np.arange(3000) % 3
    scores = np.full((3000, 3), [0.5, 0.3, 0.2])
    of = SimpleNamespace(test=test, scores=scores)
    lost = np.full((COUNT, 3), [0.5, 0.3, 0.2])
    lost[: COUNT // 2, 1] = np.nan
    bins = {name: share for name, *share in found(lost, of=of)["scores"].details["bins"]}
    assert bins["missing"][1] == pytest.approx(0.5)
    assert bins["b"][1] == 0


def test_amounts_are_compared_in_deviations_of_the_target(found, watched):
    rng = np.random.default_rng(4)
    watched.table = TABLE.model_copy(update={"task": "regression", "positive": None})
    test = inputs(3000, 2).assign(who=[f"t{n}" for n in range(3000)])
    test["left"] = rng.normal(1000, 200, 3000)
    of = SimpleNamespace(test=test, scores=rng.normal(1000, 150, 3000))
    assert found(rng.normal(1000, 150, COUNT), of=of)["mean"].status == "quiet"
    moved = found(rng.normal(1050, 150, COUNT), of=of)["mean"]
    assert moved.status == "alarm"
    assert moved.value == pytest.approx(0.25, abs=0.05)
    assert "deviations of the target" in moved.sentence


def test_a_segment_that_the_log_cannot_tell_is_left_out(found):
    of = found(scores(), pd.DataFrame({"age": inputs(COUNT, 5)["age"]}))
    assert "scores[age<40]" in of
    assert not [name for name in of if "plan" in name]
