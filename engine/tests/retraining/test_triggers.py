"""Which triggers a verdict fires: beyond the bar with the whole interval; `unknown` fires none."""

import math
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from newer import drifted, verdict

from mainline.monitoring.finding import Finding
from mainline.params.monitoring import Triggers
from mainline.retraining.triggers import NAMES, due, fired

ALL = Triggers.model_validate(
    {
        "quality": {"bars": {"roc_auc": {"min": 0.75}, "log_loss": {"max": 0.3}}},
        "drift": {"columns": 2},
        "prediction": {},
        "importance": {},
        "schedule": {"every_days": 30},
    }
)
NEW = date(2026, 8, 1)
FIGURES = st.one_of(st.none(), st.floats())


def names(*findings, rows=5000, settings=ALL, newest=NEW):
    return [each.trigger for each in fired(verdict(*findings, rows=rows), settings, newest)]


def quality(value, low, high, name="roc_auc", **more):
    about = {"status": "alarm", "sentence": "", "rows": 2000} | more
    return Finding("quality", f"quality.{name}", value=value, low=low, high=high, **about)


@pytest.mark.parametrize(
    ("finding", "fires"),
    [
        (quality(0.70, 0.68, 0.72), True),
        (quality(0.74, 0.72, 0.76), False),  # the bar is in the interval
        (quality(0.74, 0.73, 0.75), False),  # at the bar
        (quality(0.80, 0.78, 0.82), False),
        (quality(0.40, 0.35, 0.45, "log_loss"), True),
        (quality(0.40, 0.29, 0.45, "log_loss"), False),
        (quality(0.70, 0.68, 0.72, rows=999), False),
        (quality(0.70, 0.68, 0.72, status="unknown"), False),
        (quality(0.70, 0.68, 0.72, status="quiet"), False),  # whatever fires is told as an alarm
        (quality(0.70, None, None), False),
        (quality(0.70, 0.68, math.nan), False),
        (quality(-math.inf, -math.inf, -math.inf), False),
        (quality(0.70, 0.68, 0.72, "roc_auc[gender=male]"), False),  # of a slice
        (quality(0.70, 0.68, 0.72, "recall"), False),  # has no bar
    ],
)
def test_quality_below_a_bar(finding, fires):
    assert names(finding) == (["quality"] if fires else [])


@pytest.mark.parametrize(
    ("findings", "rows", "fires"),
    [
        ([drifted(0.3), drifted(0.4, "income")], 1000, True),
        ([drifted(0.3, rows=1000), drifted(0.4, "income", rows=1000)], 9000, True),
        ([drifted(0.3), drifted(0.4, "income", rows=999)], 9000, False),  # other versions answered
        ([drifted(0.3), drifted(0.2, "income")], 1000, False),  # one is not far enough
        ([drifted(0.3), drifted(0.4, "income", status="quiet")], 1000, False),
        ([drifted(0.3), drifted(0.4, "income", status="unknown")], 1000, False),
        ([drifted(0.3), drifted(math.inf, "income")], 1000, False),
        ([drifted(0.3), drifted(0.9, "age[gender=male]")], 1000, False),  # the same column
    ],
)
def test_so_many_columns_have_drifted_so_far(findings, rows, fires):
    assert names(*findings, rows=rows) == (["drift"] if fires else [])


def scores(value, name="prediction.scores", status="alarm"):
    return Finding("prediction", name, status, "", value=value, rows=5000)


@pytest.mark.parametrize(
    ("finding", "fires"),
    [
        (scores(0.3), True),
        (replace(scores(0.3), rows=999), False),
        (scores(0.2), False),
        (scores(0.9, "prediction.mean"), False),
        (scores(0.9, "prediction.scores[gender=male]"), False),
        (scores(0.3, status="unknown"), False),
    ],
)
def test_prediction_shift(finding, fires):
    assert names(finding) == (["prediction"] if fires else [])


@pytest.mark.parametrize(
    ("value", "high", "rows", "fires"),
    [
        (0.4, None, 1000, True),
        (0.4, 0.6, 1000, False),
        (0.4, 0.45, 1000, True),
        (0.4, None, 999, False),
        (0.5, None, 1000, False),
        (math.nan, None, 1000, False),
    ],
)
def test_importance_shift(value, high, rows, fires):
    found = Finding("importance", "importance", "alarm", "", value=value, high=high, rows=rows)
    assert names(found) == (["importance"] if fires else [])


@pytest.mark.parametrize(("newest", "fires"), [(10, False), (29, False), (30, True), (300, True)])
def test_the_schedule_counts_from_the_newest_training_rows(newest, fires):
    day = date(2026, 8, 9) - timedelta(days=newest)
    assert names(newest=day) == (["schedule"] if fires else [])
    assert bool(due(ALL.schedule, day, date(2026, 8, 9))) == fires


def test_several_at_once_in_a_fixed_order_each_with_its_evidence():
    found = [drifted(0.3), drifted(0.4, "income"), quality(0.7, 0.68, 0.72)]
    first, second = fired(verdict(*found), ALL, NEW)
    assert (first.trigger, second.trigger) == ("quality", "drift")
    assert first.reason == "quality.roc_auc is 0.7 (0.68 to 0.72), held to 0.75"
    assert second.reason == "drift.income is 0.4, drift.age is 0.3"
    assert first.evidence["window"] == {"from": "2026-08-03", "to": "2026-08-09"}
    assert first.evidence["model"]["version"] == "123"
    assert [each["name"] for each in second.evidence["findings"]] == ["drift.income", "drift.age"]


def test_without_settings_nothing_retrains_by_itself():
    found = [drifted(9.0), drifted(9.0, "income"), quality(0.1, 0.1, 0.1), scores(9.0)]
    assert names(*found, settings=Triggers(), newest=date(2000, 1, 1)) == []


@st.composite
def findings(draw):
    kind = draw(st.sampled_from(["quality", "drift", "prediction", "importance", "service"]))
    name = draw(st.sampled_from(["roc_auc", "log_loss", "age", "scores", "mean"]))
    values = [draw(FIGURES) for _ in range(3)]
    rows = draw(st.integers(0, 10_000))
    status = draw(st.sampled_from(["quiet", "alarm", "unknown"]))
    return Finding(kind, f"{kind}.{name}", status, "", *values, rows=rows)


@given(st.lists(findings(), max_size=6), st.integers(0, 10_000))
def test_unknown_and_unfinite_findings_change_nothing(found, rows):
    told = fired(verdict(*found, rows=rows), ALL, NEW)
    known = [each for each in found if each.status != "unknown"]
    assert told == fired(verdict(*known, rows=rows), ALL, NEW)
    shown = [one for each in told for one in each.evidence["findings"]]
    assert all(math.isfinite(one["value"]) for one in shown)
    assert [each.trigger for each in told] == [n for n in NAMES if n in {t.trigger for t in told}]


@given(findings(), st.integers(0, 10_000))
def test_what_cannot_be_computed_fires_nothing(finding, rows):
    assert names(replace(finding, status="unknown"), rows=rows) == []


@given(findings(), st.floats(0.01, 1.0))
def test_a_figure_that_is_further_off_fires_as_well(finding, more):
    if "drift" not in names(finding, finding, settings=ALL) or finding.value is None:
        return
    further = replace(finding, value=finding.value + more)
    assert "drift" in names(further, further)
