"""The comparison of what ships with references: their cache, differences, and the table."""

from types import SimpleNamespace

import numpy as np
import pytest

from conftest import TABLE, TRAIN, customers
from mainline.core.table import TableSettings
from mainline.model.settings import TrainSettings

TASKS = {
    "binary": TABLE,
    "multiclass": {"entity": "who", "target": "city", "task": "multiclass", "numbers": ["age"],
                   "classes": ["bonn", "köln", "ulm"]},
    "regression": {"entity": "who", "target": "age", "task": "regression", "categories": ["plan"]},
}  # fmt: skip
ABOUT = {"seconds": 100.0, "rows_per_second": 10}


@pytest.fixture
def cut(module):
    """Made-up rows of a task."""

    def made(task):
        frame, table = customers(240, seed=3), TableSettings(**TASKS[task])
        if task == "multiclass":
            frame["city"] = frame["city"].map({"bonn": 0, "köln": 1, "ulm": 2}).astype("int16")
        return module("references.tables").Rows.cut(task, frame[table.columns], table)

    return made


def scores(rows, good):
    """Scores that say the target with some noise, or nothing."""
    target, rng = rows.test[rows.table.target].to_numpy(), np.random.default_rng(1)
    noise = rng.uniform(size=len(target))
    if rows.table.task == "regression":
        return target * good + noise
    if rows.table.task == "binary":
        return (target * good + noise) / 2
    each = noise[:, np.newaxis] / 3 + 0.1
    each = np.repeat(each, 3, axis=1)
    each[np.arange(len(target)), target] += good
    return each / each.sum(axis=1, keepdims=True)


def test_a_reference_is_computed_once_for_the_same_rows_and_recipe(module, tmp_path):
    kept, calls = module("references.kept").kept, []

    def compute():
        calls.append(1)
        return np.arange(3.0), {"seconds": 7.5}

    first = kept("rows", {"draws": 2}, compute, tmp_path)
    again = kept("rows", {"draws": 2}, compute, tmp_path)
    assert (len(calls), again.about) == (1, first.about)
    assert first.about["seconds"] == 7.5
    assert len(first.about["load"]) == 2
    np.testing.assert_array_equal(again.scores, np.arange(3.0))
    kept("other rows", {"draws": 2}, compute, tmp_path)
    kept("rows", {"draws": 3}, compute, tmp_path)
    assert len(calls) == 3
    is_kept = module("references.kept").is_kept
    assert is_kept("rows", {"draws": 3}, tmp_path)
    assert not is_kept("rows", {"draws": 4}, tmp_path)


def test_one_that_was_killed_is_computed_again(module, tmp_path):
    kept = module("references.kept").kept

    def killed():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kept("rows", {}, killed, tmp_path)
    assert kept("rows", {}, lambda: (np.ones(2), {}), tmp_path).scores.tolist() == [1, 1]


def test_the_content_changes_with_a_value_and_with_a_role(cut):
    rows = cut("binary")
    assert rows.content == cut("binary").content
    rows.test.iloc[0, rows.test.columns.get_loc("age")] += 1
    assert rows.content != cut("binary").content
    assert len({cut(task).content for task in TASKS}) == 3


def test_parts_share_no_entity(cut):
    rows = cut("binary")
    assert not set(rows.known["who"]) & set(rows.test["who"])
    assert len(rows.known) + len(rows.test) == 240


@pytest.mark.parametrize("task", TASKS)
def test_above_0_is_better_for_every_task(module, cut, task):
    compared, rows = module("references.compared"), cut(task)
    good, bad = scores(rows, True), scores(rows, False)
    found = compared.difference(rows, good, bad)
    assert 0 < found["low"] < found["value"] < found["high"]
    gain = compared.figure(rows, good) - compared.figure(rows, bad)
    assert found["value"] == pytest.approx(gain if task == "binary" else -gain, abs=2e-6)
    assert compared.difference(rows, bad, good)["value"] == -found["value"]
    assert set(compared.difference(rows, good, good).values()) == {0.0}


def test_what_was_asked_is_judged(module):
    judged = module("references.compared").judged

    def about(value, seconds=20.0):
        difference = {"difference": {"low": value - 1, "value": value, "high": value + 0.1}}
        ours = {"seconds": seconds, "rows_per_second": 20}
        return {"ours": ours, "gluon": ABOUT | difference, "searched": difference,
                "trees": difference}  # fmt: skip

    assert [each["met"] for each in judged([about(0.1), about(-0.0005)])] == [True] * 5
    worse = judged([about(-0.2, 30.0), about(-0.3)])
    assert [each["met"] for each in worse] == [False, False, False, False, True]


def test_a_tiny_table_from_rows_to_the_document(module, cut, monkeypatch, tmp_path):
    quality, rows = module("quality"), cut("binary")
    quick = TRAIN | {"ship": "blend", "epochs": 1}
    settings = TrainSettings(**quick | {"options": {"hidden": [4], "members": 2, "embedding": 2}})
    monkeypatch.setattr(quality.ours, "config", SimpleNamespace(section=lambda *_: settings))
    chances = np.random.default_rng(5).uniform(size=len(rows.test))
    for each in (quality.searched, quality.gluon):
        monkeypatch.setattr(each, "compute", lambda _: (chances, ABOUT))
    monkeypatch.setattr(quality.kept, "__defaults__", (tmp_path,))
    found = quality.row(module("dataclasses").replace(rows, elsewhere=True))
    assert found.about["ours"]["ships"] == "trees"  # of a network so untrained a blend has nothing
    assert {"searched", "gluon", "trees"} <= set(found.about)
    assert found.about["gluon"]["rows_per_second"] == 10
    line = module("document").quality_row({"table": found.table, "about": found.about})
    assert line.startswith("| binary | trees |")
    assert line.count("|") == 11
