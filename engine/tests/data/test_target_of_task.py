"""The target of a multiclass and of a regression task, from raw rows to the counts of the split."""

import json

import numpy as np
import pytest

from mainline.core.layout import Layout
from mainline.data import split, validate

CLASSES = ["south", "north", "east"]


@pytest.fixture
def classes(project, rows):
    """Sixty rows of three classes, in an order of its own."""
    del project.params["table"]["positive"]
    project.params["table"] |= {"task": "multiclass", "classes": CLASSES}
    project.csv(rows.assign(left=[CLASSES[i % 3] for i in range(60)]))
    return project


@pytest.fixture
def amount(project, rows):
    del project.params["table"]["positive"]
    project.params["table"]["task"] = "regression"
    project.csv(rows.assign(left=np.linspace(-5, 10.5, 60).round(3)))
    return project


def test_a_class_becomes_its_place(classes):
    target = classes.ingest()["left"]
    assert target.dtype == "int16"
    assert target.tolist() == [i % 3 for i in range(60)]
    catalogue = json.loads(Layout(classes.root).catalogue.read_text())
    assert catalogue["classes"] == dict.fromkeys(CLASSES, 20)
    assert "positives" not in catalogue


def test_labels_are_compared_as_text(classes, rows):
    classes.params["table"]["classes"] = [3, True, 1]
    classes.csv(rows.assign(left=[("3", "True", "1")[i % 3] for i in range(60)]))
    assert classes.ingest()["left"].tolist() == [i % 3 for i in range(60)]


def test_a_label_outside_the_classes_is_named_with_its_rows(classes, rows):
    labels = [CLASSES[i % 3] for i in range(60)]
    classes.csv(rows.assign(left=[*labels[:-2], "west", "moon"]))
    message = classes.refused()
    assert "labels that table.classes lacks: 'moon', 'west' in 2 row(s)" in message
    assert "first in data row 59, 60; table.classes has 'south', 'north', 'east'" in message


def test_a_class_without_a_row_is_named(classes, rows):
    classes.csv(rows.assign(left=[CLASSES[i % 2] for i in range(60)]))
    assert "has no row of 'east', which table.classes names" in classes.refused()


def test_an_amount_stays_one(amount):
    target = amount.ingest()["left"]
    assert target.dtype == "float64"
    assert target.iloc[0] == -5


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("much", "1 value(s) are not a number, for example 'much' in data row 60"),
        ("inf", "are not finite, as the target of a regression must be"),
        ("", "the target) has no value in 1 rows"),
    ],
)
def test_an_amount_that_is_none_is_named(amount, rows, value, message):
    amounts = [*map(str, range(59)), value]
    amount.csv(rows.assign(left=amounts))
    assert message in amount.refused()


def test_the_split_counts_classes_and_describes_amounts(classes):
    classes.ingest()
    classes.run(split)
    counts = json.loads(Layout(classes.root).split_counts.read_text())
    assert sum(counts["train"]["classes"].values()) == counts["train"]["rows"]
    assert list(counts["test"]["classes"]) == CLASSES


def test_a_part_without_a_class_is_refused(classes, rows):
    labels = [CLASSES[i % 2] for i in range(59)] + ["east"]
    classes.csv(rows.assign(left=labels))
    classes.ingest()
    assert "without east; every class is needed. Fix `split`" in classes.refused(split)


def test_a_part_of_one_amount_is_refused(amount, rows):
    amount.csv(rows.assign(left=[0.25] * 60))
    amount.ingest()
    message = amount.refused(split)
    assert "with the same target; different targets are needed" in message
    assert "different values: observed one and the same" in amount.refused(validate)


def test_a_rare_class_breaks_the_rule(classes):
    classes.params["validation"]["min_class_rows"] = 21
    classes.ingest()
    assert "left: east rows: observed 20; expected >= 21" in classes.refused(validate)
