"""Drift of each input: what alarms, what does not, and what cannot be computed."""

import hashlib
import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from logged_window import rows, write

from conftest import inputs
from mainline.monitoring import input_drift


@pytest.fixture
def found(store, opened, watched, reference):
    """A function: rows of inputs into the log, findings out, by column."""

    def call(frame, left_out=(), types=None, **others):
        write(store, rows(frame, **others), **(types or {}))
        with opened() as log:
            of = input_drift.findings(watched, reference, log, watched.settings, left_out)
        return {each.name.removeprefix("drift."): each for each in of}

    return call


def test_the_same_rows_again_are_quiet(found, reference):
    same = found(reference.train[["age", "income", "plan"]])
    assert [each.name for each in same.values()] == ["drift.age", "drift.income", "drift.plan"]
    assert {each.status for each in same.values()} == {"quiet"}
    assert {each.value for each in same.values()} == {0.0}


def test_only_the_column_that_moved_alarms(found):
    frame = inputs(5000, 5)
    frame["age"] += 6  # half a deviation
    of = found(frame)
    assert {name: each.status for name, each in of.items()} == {
        "age": "alarm",
        "income": "quiet",
        "plan": "quiet",
    }
    assert of["age"].value > of["age"].bar
    assert of["age"].sentence.startswith("age has drifted: PSI 0.2")
    assert "median 4" in of["age"].sentence
    assert of["age"].rows == 5000


def test_an_outlier_neither_hides_a_shift_nor_makes_one(found, store):
    frame = inputs(5000, 5)
    frame.loc[0, "age"] = 1e30
    assert found(frame)["age"].status == "quiet"
    frame["age"] = frame["age"].where(frame.index == 0, frame["age"] + 6)
    assert found(frame)["age"].status == "alarm"


@pytest.mark.parametrize("value", [math.nan, None, math.inf, -math.inf], ids=str)
def test_missing_values_and_infinities_are_drift(found, value):
    frame = inputs(5000, 5)
    frame["income"] = frame["income"].astype(object)
    frame.loc[:1500, "income"] = value
    of = found(frame, types={"input_income": pa.float32()})["income"]
    assert of.status == "alarm"
    place = {math.inf: "inf", -math.inf: "-inf"}.get(value, "missing")
    assert {label: now for label, _, now in of.details["bins"]}[place] > 0.29


def test_a_column_without_any_value_alarms(found):
    frame = inputs(3000, 5).assign(income=math.nan)
    of = found(frame)["income"]
    assert of.status == "alarm"
    assert of.details["missing"] == [pytest.approx(0.05, abs=0.02), 1.0]


def test_a_new_category_alarms_and_is_named(found):
    frame = inputs(5000, 5)
    frame.loc[:600, "plan"] = "family"
    of = found(frame)["plan"]
    assert of.status == "alarm"
    assert "family: 0.0% → 12.0%" in of.sentence
    assert of.details["unseen"] == {"values": 1, "share": 0.1202}


def test_a_handful_of_new_values_does_not(found):
    frame = inputs(5000, 5)
    frame.loc[:3, "plan"] = [f"typing error {place}" for place in range(4)]
    of = found(frame)["plan"]
    assert of.status == "quiet"
    assert of.details["unseen"]["values"] == 4


def test_empty_text_is_missing_as_null_is(found):
    frame = inputs(5000, 5)
    frame.loc[:1000, "plan"] = ""
    frame.loc[1001:2000, "plan"] = None
    of = found(frame)["plan"]
    assert of.status == "alarm"
    assert of.details["missing"] == [0.0, pytest.approx(0.4, abs=0.001)]


def test_below_min_rows_nothing_alarms(found):
    of = found(inputs(499, 5).assign(age=99.0))["age"]
    assert of.status == "quiet"
    assert of.details["judged"] is False
    assert of.sentence.endswith("not judged: 499 rows, monitoring.min_rows is 500.")


def test_many_rows_of_few_entities_are_few(found):
    one = inputs(40, 5)
    one["age"] += 6
    frame = pd.concat([one] * 25, ignore_index=True)
    of = found(frame, entity=[f"c{place % 40}" for place in range(1000)])["age"]
    assert of.status == "quiet"
    assert of.details["effective_rows"] == [4000, 40]


def test_failed_requests_and_shadows_do_not_count(found):
    frame = inputs(6000, 5)
    frame.loc[3000:, "age"] = 99.0
    wrong = {"status": [200] * 3000 + [400] * 1500 + [200] * 1500}
    arms = {"arm": ["main"] * 3000 + ["main"] * 1500 + ["shadow"] * 1500}
    of = found(frame, **wrong, **arms)["age"]
    assert (of.status, of.rows) == ("quiet", 3000)


def test_a_window_in_which_nothing_was_answered_is_unknown(found):
    [of] = found(inputs(600, 5), status=503).values()
    assert (of.name, of.status) == ("drift.rows", "unknown")
    assert "no row of the window was answered" in of.sentence


def test_a_column_that_the_settings_leave_out_is_skipped_and_another_is_unknown(found):
    of = found(inputs(600, 5).drop(columns=["age", "plan"]), left_out=["plan"])
    assert {name: each.status for name, each in of.items()} == {
        "age": "unknown",
        "income": "quiet",
        "plan": "quiet",
    }
    assert "age is not in the log" in of["age"].sentence
    assert of["plan"].sentence == "plan is left out of the log by its settings."


@pytest.mark.parametrize("name", ["age", "plan"])
def test_a_column_that_is_hashed_is_skipped(found, name):
    frame = inputs(600, 5)
    frame[name] = [hashlib.sha256(str(each).encode()).hexdigest() for each in frame[name]]
    of = found(frame)[name]
    assert of.status == "quiet"
    assert of.sentence == f"{name} is logged as a hash, so its drift is not computed."


def test_text_where_the_model_reads_a_number_is_unknown(found):
    of = found(inputs(600, 5).assign(age="forty"))["age"]
    assert of.status == "unknown"
    assert of.sentence == "age is a number for the model and VARCHAR in the log."


def test_inputs_that_the_watched_version_does_not_read_are_another_signature(found):
    of = found(inputs(600, 5).assign(height=1.8))["signature"]
    assert of.status == "unknown"
    assert "the model does not read: height" in of.sentence


def test_inputs_of_an_older_version_are_no_other_signature(found):
    frame = inputs(600, 5).assign(height=np.where(np.arange(600) < 300, 1.8, np.nan))
    frame["height"] = frame["height"].astype(object).where(frame["height"].notna(), None)
    old = ["6"] * 300 + ["7"] * 300
    assert "signature" not in found(frame, types={"input_height": pa.float32()}, version=old)


def test_a_value_of_one_customer_is_not_frequent(found):
    frame = inputs(1000, 5)
    frame.loc[:49, "plan"] = "family"  # 5 % of the rows, one customer
    customers = [f"c{place // 50}" for place in range(1000)]
    of = found(frame, entity=customers)["plan"]
    assert "family" not in [label for label, _, _ in of.details["bins"]]
    assert of.details["unseen"]["values"] == 1
