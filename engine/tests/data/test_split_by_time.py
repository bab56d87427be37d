import json

import pandas as pd
import pytest

from mainline.core import parquet
from mainline.core.layout import Layout
from mainline.data import split

PARTS = ("train", "validation", "test")


@pytest.fixture
def dated(project, rows):
    """Each of thirty entities is seen twice: every day of June and again thirty days later."""
    days = pd.date_range("2026-06-01", periods=60).strftime("%Y-%m-%d")
    project.params["data"]["as_of"] = "2026-12-31"
    project.params["table"]["time"] = "day"
    project.params["split"] = {
        "by": "time",
        "validation_from": "2026-06-21",
        "test_from": "2026-07-01",
    }
    project.csv(rows.assign(id=[f"c{i % 30}" for i in range(60)], day=days))
    return project


def test_every_part_lies_between_its_days(dated):
    dated.ingest()
    dated.run(split)
    days = {part: parquet.read_part(dated.root, part)["day"] for part in PARTS}

    assert days["train"].max() == pd.Timestamp("2026-06-20")
    assert days["validation"].min() == pd.Timestamp("2026-06-21")
    assert days["validation"].max() == pd.Timestamp("2026-06-30")
    assert days["test"].min() == pd.Timestamp("2026-07-01")
    assert [len(days[part]) for part in PARTS] == [20, 10, 30]


def test_entities_that_come_back_are_counted(dated):
    dated.ingest()
    dated.run(split)

    counts = json.loads(Layout(dated.root).split_counts.read_text())
    assert counts["recurring_entities"] == 20
    assert counts["test"]["entities"] == 30


def test_table_without_a_time(dated):
    dated.params["table"]["time"] = None
    dated.csv(pd.DataFrame({"id": ["a", "b"], "age": 1, "city": "n", "left": ["yes", "no"]}))
    dated.ingest()

    assert "'split.by' is time, but 'table.time' names no column" in dated.refused(split)


def test_days_that_leave_a_part_empty(dated):
    dated.params["split"]["test_from"] = "2027-01-01"
    dated.ingest()

    message = dated.refused(split)

    assert "the test part has 0 rows with 0 positives; both classes are needed" in message


@pytest.mark.parametrize("day", ["2026-06-21", "2026-06-01"])
def test_test_days_before_the_validation_days(dated, day):
    dated.params["split"]["test_from"] = day
    dated.ingest()

    assert "'split': validation_from must be before test_from" in dated.refused(split)


def test_a_day_that_is_missing(dated):
    del dated.params["split"]["test_from"]
    dated.ingest()

    assert "'split': a split by time needs validation_from and test_from" in dated.refused(split)
