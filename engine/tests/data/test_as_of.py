import pandas as pd
import pytest


@pytest.fixture
def dated(project, rows):
    days = [f"2026-06-{1 + i % 30:02d}" for i in range(len(rows))]
    project.params["table"]["time"] = "day"
    project.params["data"]["as_of"] = "2026-06-20"
    return rows.assign(day=days)


def test_rows_later_than_the_snapshot_are_left_out(project, dated):
    project.csv(dated)

    assert project.ingest()["day"].max() == pd.Timestamp("2026-06-20")


def test_the_whole_of_the_day_belongs_to_the_snapshot(project, dated):
    project.csv(dated.assign(day=dated["day"] + "T23:59"))

    assert project.ingest()["day"].max() == pd.Timestamp("2026-06-20 23:59")


def test_a_later_row_needs_no_label(project, dated):
    project.csv(dated.assign(left=dated["left"].where(dated["day"] <= "2026-06-20")))

    assert len(project.ingest()) == 40


def test_an_error_counts_rows_as_the_file_does(project, dated):
    wrong = dated.assign(age=dated["age"].astype("str").where(dated.index != 31, "old"))
    project.csv(wrong)

    assert "'old' in data row 32." in project.refused()


def test_a_snapshot_before_every_row_is_refused(project, dated):
    project.csv(dated)
    project.params["data"]["as_of"] = "2025-01-01"

    assert project.refused() == "every row is later than data.as_of (2025-01-01)."


def test_the_day_can_stand_in_the_path(project, rows):
    project.source["path"] = "rows-{as_of}.csv"
    rows.to_csv(project.root / "rows-2026-06-30.csv", index=False)

    assert len(project.ingest()) == 60


def test_times_of_every_zone_become_utc(project, dated):
    project.csv(dated.assign(day="2026-06-01T01:00+02:00"))

    assert project.ingest()["day"].unique().tolist() == [pd.Timestamp("2026-05-31 23:00")]
