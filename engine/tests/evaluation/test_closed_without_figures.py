"""What cannot be judged gives no figure at all, and null in the file: gates then close."""

import json
import warnings

import numpy as np
import pandas as pd
import pytest

from mainline.core.files import json_text
from mainline.core.table import TableSettings
from mainline.evaluation.evaluate import _shown, judge
from mainline.evaluation.rows import Rows
from mainline.evaluation.settings import EvaluationSettings
from mainline.evaluation.tasks.binary import Binary

SETTINGS = EvaluationSettings(threshold=0.5, resamples=100, slices={"age": [30.0]})
TABLE = TableSettings(entity="who", target="left", positive="yes", numbers=["age"])
GOOD = np.array([0.1, 0.9, 0.4, 0.6])
BAD = {
    "a score that is NaN": ([0, 1, 0, 1], [0.1, np.nan, 0.4, 0.6]),
    "an infinite score": ([0, 1, 0, 1], [0.1, np.inf, 0.4, 0.6]),
    "a score above one": ([0, 1, 0, 1], [0.1, 1.2, 0.4, 0.6]),
    "a score below zero": ([0, 1, 0, 1], [0.1, -0.2, 0.4, 0.6]),
    "positives only": ([1, 1, 1, 1], GOOD),
    "negatives only": ([0, 0, 0, 0], GOOD),
    "no rows": ([], []),
}


@pytest.mark.parametrize(("target", "scores"), BAD.values(), ids=BAD)
def test_every_figure_is_nan(target, scores):
    found = Binary().figures(
        Rows.of(target, range(len(target))), np.asarray(scores, float), SETTINGS
    )
    assert len(found) == 11
    for figure in found.values():
        assert np.isnan([figure.value, figure.low, figure.high]).all()


@pytest.mark.parametrize(("target", "scores"), BAD.values(), ids=BAD)
def test_the_file_says_null_and_the_line_says_none(target, scores):
    frame = pd.DataFrame(
        {"who": map(str, range(len(target))), "age": 20.0, "left": np.array(target, np.int8)}
    )
    scores = np.asarray(scores, float)
    judged = json.loads(json_text(judge(frame, scores, scores, TABLE, SETTINGS)))
    nothing = {"value": None, "low": None, "high": None}
    assert all(figure == nothing for figure in judged["model"].values())
    assert judged["slices"]["age<30"]["figures"]["roc_auc"] == nothing
    assert _shown(judged["model"]["roc_auc"]) == "none (none to none)"


@pytest.mark.parametrize(("target", "scores"), BAD.values(), ids=BAD)
def test_curves_are_tables_without_rows(target, scores):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tables = Binary().curves(np.array(target, np.int8), np.asarray(scores, float))
    assert all(table.empty and len(table.columns) >= 2 for table in tables.values())


def test_an_empty_slice_has_no_figure_while_the_whole_has():
    frame = pd.DataFrame({"who": list("abcd"), "age": 50.0, "left": [0, 1, 0, 1]})
    judged = judge(frame, GOOD, GOOD, TABLE, SETTINGS)
    assert judged["slices"]["age<30"]["rows"] == 0
    assert judged["slices"]["age<30"]["figures"]["roc_auc"]["value"] is None
    assert judged["model"]["roc_auc"]["value"] == 1
