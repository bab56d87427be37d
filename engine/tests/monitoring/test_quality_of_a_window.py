"""Figures of labelled predictions: what alarms, what stays quiet, what cannot be computed."""

import numpy as np
import pandas as pd
import pytest
from labelled_log import released, scored

from mainline.core.errors import MainlineError
from mainline.evaluation import tasks
from mainline.evaluation.project_metrics import Metrics
from mainline.evaluation.rows import Rows
from mainline.monitoring.calibration_noise import by_chance
from mainline.monitoring.fall import Part
from mainline.monitoring.quality import Judge
from mainline.params.gate import Bar
from mainline.project import Function

ALPHA = 0.005


def part(seed, rows=4000, *, apart=1.5, slices=()):
    rng = np.random.default_rng(seed)
    target, scores = scored(rng, rows, apart)
    cut = {name: rng.random(rows) < 0.5 for name in slices}
    return Part(Rows(target, np.arange(rows)), scores, cut)


def judged(now, then, own=None, *, asked=(), **bars):
    """The findings by name; `asked` are the bars of a trigger."""
    watched = released(gate={"bars": bars})
    gate = watched.champion.settings("gate", None)
    evaluation = watched.evaluation.model_copy(update={"threshold": 0.1})
    judge = Judge(tasks.of(watched.table), gate, evaluation, ALPHA, dict(asked))
    return {each.name: each for each in judge.findings(now, then, *([own] if own else []))}


def test_a_window_as_good_as_the_release_is_quiet_in_all_figures():
    bars = {"roc_auc": {"min": 0.75}, "calibration_error": {"max": 0.03}}
    found = judged(part(1, slices=("a", "b")), part(2, slices=("a", "b")), **bars)
    assert {each.status for each in found.values()} == {"quiet"}
    assert {"quality.roc_auc", "quality.f1", "quality.roc_auc[a]"} <= found.keys()
    leading = found["quality.roc_auc"]
    assert leading.low < leading.value < leading.high
    assert leading.bar == 0.75
    assert leading.details["fall"]["low"] < 0 < leading.details["fall"]["high"]


def test_a_fall_of_the_leading_figure_alarms_without_any_bar():
    found = judged(part(1, apart=1.0), part(2))
    alarms = [name for name, each in found.items() if each.status == "alarm"]
    assert alarms == ["quality.roc_auc"]
    assert "more than the margin 0.01 and more than chance" in found["quality.roc_auc"].sentence


def test_a_fall_within_the_margin_is_quiet_however_sure_it_is():
    then = part(2, 200_000)
    now = Part(then.rows, then.scores + np.random.default_rng(3).normal(0, 1e-3, 200_000), {})
    now = Part(now.rows, np.clip(now.scores, 0, 1), {})
    assert judged(now, then)["quality.roc_auc"].status == "quiet"


@pytest.mark.parametrize(
    ("bars", "status"),
    [
        ({"log_loss": {"max": 0.05}}, "alarm"),
        ({"log_loss": {"max": 0.9}}, "quiet"),
        ({"roc_auc": {"min": 0.99}}, "alarm"),
        ({"roc_auc": {"min": 0.86}}, "quiet"),  # the figure is below, its interval is not
    ],
    ids=["above-max", "below-max", "below-min", "near-min"],
)
def test_a_bar_alarms_when_the_whole_interval_is_beyond_it(bars, status):
    name = f"quality.{next(iter(bars))}"
    assert judged(part(1), part(2), **bars)[name].status == status


def test_a_slice_that_fell_alarms_also_where_the_whole_did_not():
    then, now = part(2, 8000), part(1, 8000)
    few = np.arange(8000) < 1500
    mixed = np.where(few, np.random.default_rng(4).permutation(now.scores), now.scores)
    cut = {"few": few, "rest": ~few}
    found = judged(Part(now.rows, mixed, cut), Part(then.rows, then.scores, cut))
    assert found["quality.roc_auc[few]"].status == "alarm"
    assert found["quality.roc_auc[rest]"].status == "quiet"


def test_a_slice_with_few_rows_or_none_at_release_is_not_judged():
    now, then = part(1), part(2)
    tiny = np.arange(4000) < 20
    now = Part(now.rows, now.scores, {"tiny": tiny, "new": np.arange(4000) < 900})
    found = judged(now, then)
    for name in ("tiny", "new"):
        assert found[f"quality.roc_auc[{name}]"].status == "quiet"
        assert "too few to compare" in found[f"quality.roc_auc[{name}]"].sentence


def test_labels_of_one_class_have_no_leading_figure_which_is_unknown():
    now = part(1)
    one = Part(Rows(np.zeros(4000, int), now.rows.clusters), now.scores, {})
    found = judged(one, part(2), log_loss={"max": 0.9})
    assert found["quality.roc_auc"].status == "unknown"
    assert found["quality.log_loss"].status == "unknown"
    assert found["quality.f1"].status == "quiet"  # without a bar it is only shown


def test_the_trigger_s_bar_alone_alarms_and_what_it_names_alerts_when_it_cannot_be_computed():
    now, then = part(1), part(2)
    asked = {"log_loss": Bar(max=0.01), "f1": Bar(min=0.0)}
    found = judged(now, then, asked=asked)
    assert found["quality.log_loss"].status == "alarm"
    assert found["quality.log_loss"].bar == 0.01
    one = Part(Rows(np.zeros(4000, int), now.rows.clusters), now.scores, {})
    found = judged(one, then, asked=asked)
    assert found["quality.f1"].status == "unknown"


def test_a_slice_of_one_class_is_not_called_small():
    now, then = part(1), part(2)
    places = np.flatnonzero(now.rows.target == 0)[:900]
    calm = np.isin(np.arange(4000), places)
    found = judged(
        Part(now.rows, now.scores, {"calm": calm}),
        Part(then.rows, then.scores, {"calm": np.arange(4000) < 900}),
    )["quality.roc_auc[calm]"]
    assert found.status == "quiet"
    assert "cannot be compared" in found.sentence


def test_a_bar_that_no_figure_has_is_unknown():
    assert judged(part(1), part(2), lift={"min": 2})["quality.lift"].status == "unknown"


def metric(name, call):
    return Metrics((Function(call, "src/small/metrics.py", name),))


def test_figures_of_the_project_have_intervals_and_bars():
    own = metric("hits", lambda target, scores: float((target == (scores > 0.1)).mean()))
    found = judged(part(1), part(2), own, hits={"min": 0.99})["quality.hits"]
    assert found.status == "alarm"
    assert found.low < found.value < found.high < 0.99


@pytest.mark.parametrize(
    "error", [MainlineError("no"), ZeroDivisionError("no")], ids=["ours", "any"]
)
def test_a_figure_of_the_project_that_fails_takes_no_other_with_it(error):
    def fails(target, scores):
        raise error

    found = judged(part(1), part(2), metric("own", fails))
    assert found["quality.own"].status == "unknown"
    assert found["quality.roc_auc"].status == "quiet"


def test_the_calibration_error_of_few_rows_is_chance():
    bars = {"calibration_error": {"max": 0.01}}
    few = [judged(part(seed, 600), part(99), **bars) for seed in range(20)]
    assert sum(each["quality.calibration_error"].value > 0.01 for each in few) == 20
    assert {each["quality.calibration_error"].status for each in few} == {"quiet"}
    now = part(1)
    off = Part(now.rows, np.clip(now.scores + 0.1, 0, 1), {})
    assert judged(off, part(2), **bars)["quality.calibration_error"].status == "alarm"


def test_the_chance_of_several_classes_is_that_of_the_label():
    rng = np.random.default_rng(1)
    scores = rng.dirichlet([1, 1, 1], 2000)
    target = (scores.cumsum(axis=1) < rng.random((2000, 1))).sum(axis=1)
    rows = Rows(target, np.arange(2000))
    assert 0 < by_chance(rows, scores, 3.0) < 0.2
    doubled = Rows(np.repeat(target, 2), np.repeat(np.arange(2000), 2))
    twice = by_chance(doubled, np.repeat(scores, 2, axis=0), 3.0)
    assert twice == pytest.approx(by_chance(rows, scores, 3.0), rel=0.05)  # rows of an entity


def test_a_column_that_the_log_lacks_makes_no_slice():
    rows = Rows(np.array([0, 1]), np.array([0, 1]))
    watched = released(evaluation={"slices": {"city": None, "age": [30.0]}})
    frame = pd.DataFrame({"age": [20.0, 40.0]})
    cut = Part.cut(frame, rows, np.array([0.1, 0.2]), watched.evaluation)
    assert list(cut.slices) == ["age<30", "age>=30"]


EVALUATION = released(evaluation={"slices": {"city": None, "age": [30, 50]}}).evaluation


def cut(**columns):
    frame = pd.DataFrame(columns)
    rows = Rows(np.zeros(len(frame), int), np.arange(len(frame)))
    return Part.cut(frame, rows, np.zeros(len(frame)), EVALUATION)


def test_slices_are_those_that_the_release_has():
    then = cut(city=["bonn", "ulm"], age=[20.0, 40.0])
    now = cut(city=["new", "ulm"], age=[20.0, np.nan]).only(then.slices)
    assert list(now.slices) == ["city=ulm", "age<30", "30<=age<50", "age>=50"]


@pytest.mark.parametrize(
    "columns",
    [
        {"city": ["ab" * 32] * 2, "age": ["cd" * 32] * 2},
        {"city": [1, 2], "age": ["20", "40"]},
        {"income": [1.0, 2.0]},
    ],
    ids=["hashed", "other-types", "left-out"],
)
def test_columns_that_have_no_slices_in_the_log_stop_nothing(columns):
    assert cut(**columns).slices == {}


def test_of_a_column_with_very_many_values_the_largest_slices_are_judged():
    names = [f"c{number:03}" for number in range(200)]
    found = cut(city=[*names, *names[100:150]], age=40.0).slices
    assert [name for name in found if name.startswith("city")] == [
        f"city={name}" for name in names[100:150]
    ]
