"""Multiclass and regression: what cannot be judged gives no figure, so that gates close."""

import json

import numpy as np
import pandas as pd
import pytest

from mainline.core.files import json_text
from mainline.core.table import TableSettings
from mainline.evaluation import tasks
from mainline.evaluation.evaluate import judge
from mainline.evaluation.rows import Rows
from mainline.evaluation.settings import EvaluationSettings

SETTINGS = EvaluationSettings(resamples=100, slices={"age": [30.0]})
COMMON = {"entity": "who", "target": "y", "numbers": ["age"]}
CLASSES = TableSettings(**COMMON, task="multiclass", classes=["a", "b", "c"])
AMOUNT = TableSettings(**COMMON, task="regression")
PLACES = [0, 1, 2, 0, 1, 2]
EVEN = np.full((6, 3), 1 / 3)
AMOUNTS = np.arange(6.0)


def spoilt(scores, value):
    changed = np.array(scores, dtype=float)
    changed[(0,) * changed.ndim] = value
    return changed


BAD = {
    "classes: NaN": (CLASSES, PLACES, spoilt(EVEN, np.nan)),
    "classes: infinite": (CLASSES, PLACES, spoilt(EVEN, np.inf)),
    "classes: below zero": (CLASSES, PLACES, spoilt(EVEN, -0.1)),
    "classes: do not sum to 1": (CLASSES, PLACES, EVEN * 0.9),
    "classes: one column": (CLASSES, PLACES, np.full(6, 0.3)),
    "classes: a column too few": (CLASSES, PLACES, np.full((6, 2), 0.5)),
    "classes: a column too many": (CLASSES, PLACES, np.full((6, 4), 0.25)),
    "classes: fewer rows": (CLASSES, PLACES, EVEN[:5]),
    "classes: one absent": (CLASSES, [0, 1, 0, 1, 0, 1], EVEN),
    "classes: no rows": (CLASSES, [], np.zeros((0, 3))),
    "amount: NaN": (AMOUNT, AMOUNTS, spoilt(AMOUNTS, np.nan)),
    "amount: infinite": (AMOUNT, AMOUNTS, spoilt(AMOUNTS, np.inf)),
    "amount: too large to square": (AMOUNT, AMOUNTS, spoilt(AMOUNTS, 1e200)),
    "amount: two columns": (AMOUNT, AMOUNTS, np.zeros((6, 2))),
    "amount: one column": (AMOUNT, AMOUNTS, np.zeros((6, 1))),
    "amount: all the same": (AMOUNT, np.full(6, 0.1), AMOUNTS),
    "amount: no rows": (AMOUNT, np.zeros(0), np.zeros(0)),
}


@pytest.mark.parametrize(("table", "target", "scores"), BAD.values(), ids=BAD)
def test_no_figure_no_difference_and_no_curve(table, target, scores):
    task, rows = tasks.of(table), Rows.of(np.array(target), range(len(target)))
    rows = Rows(rows.target if len(target) else rows.target.astype(np.int16), rows.clusters)
    assert not task.judgeable(rows.target, scores)
    found = task.figures(rows, scores, SETTINGS)
    assert set(task.names) <= set(found)
    for figure in found.values():
        assert np.isnan([figure.value, figure.low, figure.high]).all()
    for name, curve in task.curves(rows.target, scores).items():
        assert curve.empty, name
        assert len(curve.columns) >= 2


@pytest.mark.parametrize("spoil", [np.nan, np.inf])
@pytest.mark.parametrize(
    ("table", "target", "good"), [(CLASSES, PLACES, EVEN), (AMOUNT, AMOUNTS, AMOUNTS)]
)
def test_one_score_that_is_no_number_leaves_no_difference(table, target, good, spoil):
    task, rows = tasks.of(table), Rows.of(np.array(target), range(6))
    for pair in ((good, spoilt(good, spoil)), (spoilt(good, spoil), good)):
        found = task.difference(rows, *pair, 0.95)
        assert np.isnan([found.value, found.low, found.high]).all()


@pytest.mark.parametrize(
    ("table", "target", "scores", "spoilt_target"),
    [
        (CLASSES, PLACES * 2, np.tile(EVEN, (2, 1)), [0, 1] * 3 + PLACES),
        (AMOUNT, np.tile(AMOUNTS, 2), np.tile(AMOUNTS, 2), [5.0] * 6 + list(AMOUNTS)),
    ],
)
def test_a_slice_that_cannot_be_judged_is_null_while_the_whole_has_figures(
    table, target, scores, spoilt_target
):
    frame = pd.DataFrame({"who": map(str, range(12)), "age": [20.0] * 6 + [50.0] * 6})
    leading = tasks.of(table).leading.name
    frame["y"] = target
    judged = judge(frame, scores, scores, table, SETTINGS)
    assert judged["slices"]["age<30"]["figures"][leading]["value"] is not None
    frame["y"] = spoilt_target
    judged = json.loads(json_text(judge(frame, scores, scores, table, SETTINGS)))
    assert judged["slices"]["age<30"]["figures"][leading]["value"] is None
    assert judged["model"][leading]["value"] is not None


@pytest.mark.parametrize("task", ["multiclass", "regression"])
def test_a_threshold_belongs_to_a_binary_task(task):
    assert "belongs to a binary task" in EvaluationSettings(threshold=0.5).misfit(task)
    assert "threshold' is missing" in EvaluationSettings().misfit("binary")
