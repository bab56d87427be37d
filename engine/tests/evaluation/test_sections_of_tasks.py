"""Each task is asked what fits it: the parts of the figures file, and their names."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from mainline.core.files import json_text
from mainline.core.table import TableSettings
from mainline.evaluation import rates
from mainline.evaluation.names import DIFFERENCES
from mainline.evaluation.sections import Asked
from mainline.evaluation.settings import EvaluationSettings

RNG = np.random.default_rng(12)
ROWS = 600
FRAME = pd.DataFrame(
    {
        "id": np.arange(ROWS).astype(str),
        "x": RNG.normal(size=ROWS),
        "group": pd.Series(RNG.choice(["a", "b"], ROWS), dtype="str"),
    }
)
SETTINGS = {
    "resamples": 100,
    "shuffles": 2,
    "slices": {"group": None},
    "fairness": {"columns": ["group"]},
}
PRICES = {"costs": {"false_positive": 1, "false_negative": 8}}
COLUMNS = {"entity": "id", "target": "y", "numbers": ["x"], "categories": ["group"]}
TASKS = {
    "binary": {"positive": "1"},
    "multiclass": {"classes": ["low", "middle", "high"]},
    "regression": {},
}


def scores(frame, task):
    x = frame["x"].fillna(0).to_numpy()
    if task == "regression":
        return x
    sure = 1 / (1 + np.exp(-x))
    return sure if task == "binary" else np.stack([1 - sure, sure * (1 - sure), sure**2], axis=1)


def asked(task, frame=FRAME, score=scores):
    noisy = frame["x"] + RNG.normal(size=len(frame)) * 0.5
    target = {
        "binary": (noisy > 0).astype(np.int8),
        "multiclass": pd.cut(noisy, [-np.inf, -0.5, 0.5, np.inf], labels=False).astype(np.int16),
        "regression": noisy,
    }[task]
    frame = frame.assign(y=target)
    table = TableSettings.model_validate(COLUMNS | TASKS[task] | {"task": task})
    model = SimpleNamespace(
        prepared=lambda rows: lambda changed: score(rows.assign(**changed), task), derived=()
    )
    return Asked(
        model, frame, score(frame, task), lambda: frame, table
    ), EvaluationSettings.model_validate(SETTINGS | (PRICES if task == "binary" else {}))


def sections(task, **changed):
    model, settings = asked(task, **changed)
    if task == "binary":
        settings = settings.model_copy(update={"threshold": 0.4})
    return json.loads(json_text(model.sections(settings)))


@pytest.mark.parametrize("task", TASKS)
def test_falls_importances_and_groups_in_the_leading_figure(task):
    found = sections(task)
    assert found["robustness"]["missing"]["x"]["low"] > 0.2
    assert found["robustness"]["missing"]["group"]["value"] == 0
    assert found["importance"]["columns"]["x"]["value"] > 0.2
    assert found["importance"]["columns"]["group"]["value"] == 0
    differences = found["fairness"]["group"]["differences"]
    assert tuple(differences) == DIFFERENCES[task]
    assert all(0 <= each["low"] <= each["value"] <= each["high"] for each in differences.values())
    assert ("costs" in found) == (task == "binary")


@pytest.mark.parametrize("task", TASKS)
def test_scores_that_are_no_numbers_leave_null_everywhere(task):
    found = sections(task, score=lambda frame, task: np.full_like(scores(frame, task), np.nan))
    assert found["robustness"]["noise"]["0.1"]["value"] is None
    assert found["importance"]["columns"]["x"]["value"] is None
    for each in found["fairness"]["group"]["differences"].values():
        assert each["value"] is None


@pytest.mark.parametrize("task", TASKS)
def test_the_sample_bounds_what_is_asked(task):
    model, settings = asked(task)
    few = settings.model_copy(update={"sample": 200, "threshold": 0.5})
    found = model.sections(few)
    assert found["robustness"]["rows"] == found["importance"]["rows"] == 200
    assert found["robustness"]["missing"]["x"]["value"] > 0.1
    assert found == model.sections(few)


def test_without_sensitive_columns_there_is_no_such_part():
    model, settings = asked("regression")
    assert "fairness" not in model.sections(settings.model_copy(update={"fairness": NOBODY}))


NOBODY = EvaluationSettings().fairness


def test_every_difference_that_a_bar_can_name_is_computed():
    kinds = {
        "binary": rates.called(0.5),
        "multiclass": rates.right(),
        "regression": rates.leaning(1),
    }
    assert {task: tuple(kind.differences) for task, kind in kinds.items()} == DIFFERENCES
