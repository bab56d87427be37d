import json

import pandas as pd

from mainline.core import parquet
from mainline.core.layout import Layout
from mainline.data import split

PARTS = ("train", "validation", "test")


def test_the_parts_are_the_table_and_their_counts_are_right(project):
    table = project.ingest()
    project.run(split)
    parts = {part: parquet.read_part(project.root, part) for part in PARTS}
    counts = json.loads(Layout(project.root).split_counts.read_text())

    together = pd.concat(parts.values()).sort_values("id", ignore_index=True)
    pd.testing.assert_frame_equal(together, table)
    for part, rows in parts.items():
        positives = int(rows["left"].sum())
        expected = {"rows": len(rows), "entities": len(rows), "positives": positives}
        assert counts[part] == expected
    assert counts["recurring_entities"] == 0


def test_part_with_one_class_only(project, rows):
    project.csv(rows.assign(left=["yes"] + ["no"] * 59))
    project.ingest()

    assert "positives; both classes are needed. Fix `split`" in project.refused(split)


def test_shares_that_leave_nothing_to_train_on(project):
    project.params["split"] |= {"validation": 0.5, "test": 0.5}
    project.ingest()

    assert "validation + test leave no training rows" in project.refused(split)


def test_second_split_replaces_the_first_one(project):
    project.ingest()
    project.run(split)
    project.params["split"]["salt"] = "another"
    before = project.files()
    project.run(split)

    assert project.files() == before
