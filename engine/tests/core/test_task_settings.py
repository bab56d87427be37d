"""What `table.task` asks of its own section and of the others."""

import pytest
import yaml
from test_table_settings import GOOD

from mainline.core import config
from mainline.core.errors import MainlineError
from mainline.core.table import TableSettings
from mainline.model.settings import TrainSettings
from mainline.params import params
from project import EXAMPLES, SMALL

AMOUNT = {name: value for name, value in GOOD.items() if name != "positive"}
TRAIN = {"seed": 1, "epochs": 1}
CLASSES = AMOUNT | {"task": "multiclass", "classes": ["a", "b", "c"]}


def table(values):
    return config.parse(TableSettings, values, name="params.yaml", prefix=("table",))


def test_a_table_without_a_task_is_binary_and_other_labels_keep_their_order():
    assert table(GOOD).task == "binary"
    assert table(CLASSES | {"classes": [2, True, "no"]}).labels == ["2", "True", "no"]
    assert table(AMOUNT | {"task": "regression"}).labels == []


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (AMOUNT, "`positive` must name the label to find"),
        (CLASSES | {"positive": "a"}, "`positive` belongs to a binary task; this one is multi"),
        (AMOUNT | {"task": "regression", "positive": 1}, "`positive` belongs to a binary task"),
        (GOOD | {"classes": ["a", "b", "c"]}, "`classes` belong to a multiclass task"),
        (CLASSES | {"task": "regression"}, "`classes` belong to a multiclass task"),
        (AMOUNT | {"task": "multiclass"}, "needs 3 `classes` or more"),
        (CLASSES | {"classes": ["a", "b"]}, "found 2. Two labels are a binary task"),
        (CLASSES | {"classes": [1, "1", 2]}, "`classes` has '1' twice"),
        (CLASSES | {"classes": ["a", "", "b"]}, "has an empty label"),
        (GOOD | {"task": "ranking"}, "'table.task' is 'ranking'"),
    ],
)
def test_what_does_not_fit_the_task_is_named(values, message):
    with pytest.raises(MainlineError, match=message):
        table(values)


def example(task):
    return yaml.safe_load((EXAMPLES / task / "params.yaml").read_text())


@pytest.mark.parametrize("task", ["multiclass", "regression"])
def test_the_example_fits(task):
    assert params.parse(SMALL, example(task), name="params.yaml").table.task == task


@pytest.mark.parametrize(
    ("section", "change", "message"),
    [
        (
            "gate",
            {"bars": {"roc_auc": {"min": 0.7}}},
            "bars.roc_auc' is not a figure of a regression",
        ),
        ("gate", {"bars": {"rsme": {"max": 1.0}}}, "did you mean 'rmse'"),
        (
            "monitoring",
            {"triggers": {"quality": {"bars": {"rsme": {"max": 1.0}}}}},
            "'monitoring.triggers.quality.bars.rsme' is not a figure .* did you mean 'rmse'",
        ),
        ("evaluation", {"threshold": 0.5}, "'evaluation.threshold' belongs to a binary task"),
    ],
)
def test_other_sections_have_to_fit_the_task(section, change, message):
    values = example("regression")
    values[section] = values.get(section, {}) | change
    with pytest.raises(MainlineError, match=message):
        params.parse(SMALL, values, name="params.yaml")


def test_a_binary_task_needs_its_threshold():
    values = example("telco")
    del values["evaluation"]["threshold"]
    with pytest.raises(MainlineError, match=r"'evaluation\.threshold' is missing"):
        params.parse(SMALL, values, name="params.yaml")


@pytest.mark.parametrize(("name", "value"), [("seed", 2**32), ("seed", -1), ("options", [8])])
def test_what_no_network_can_be_built_from_is_refused_before_anything_runs(name, value):
    with pytest.raises(MainlineError, match=rf"'train\.{name}"):
        config.parse(TrainSettings, TRAIN | {name: value}, name="params.yaml", prefix=("train",))
