"""A file that says something else now: told always, and in the way only of what is new."""

import pandas as pd
import pytest
from live_source import lose_a_row, rows_of

from customer_churn.core import paths
from project import Project


@pytest.fixture
def from_file(project: Project) -> Project:
    """Main's table comes from a file; the proposal changes a setting of the training."""
    rows_of(project).to_csv(project.root / "rows.csv", index=False)
    project.set(**{"data.source": {"kind": "file", "path": "rows.csv"}})
    project.set(**{"gate.champion.margin": 0.2})
    project.run("ingest", "validate", "split", "package", "release")
    project.commit("From a file")
    project.git("branch", "-f", "main", "HEAD")
    project.retrain(**{"train.seed": 42})
    return project


def move_on(project: Project) -> int:
    """The file loses 40 rows. Returns how many are left."""
    rows = pd.read_csv(project.root / "rows.csv", dtype=str).iloc[40:]
    rows.to_csv(project.root / "rows.csv", index=False)
    return len(rows)


def test_a_source_that_stays_is_read_again_and_says_the_same(from_file, judge, rule):
    verdict = judge(from_file)
    assert "read again, gives the same table" in rule(verdict, "data").why
    assert verdict.open


def test_it_does_not_close_what_keeps_mains_table_and_is_told(from_file, judge, rule):
    left = move_on(from_file)
    verdict = judge(from_file)
    assert rule(verdict, "data").outcome == "pass"
    (note,) = [note for note in verdict.notes if "ANSWERS DIFFERENTLY" in note]
    assert f"{left:,} rows" in note
    assert verdict.open


def test_nor_does_a_source_that_is_gone(from_file, judge):
    (from_file.root / "rows.csv").unlink()
    verdict = judge(from_file)
    assert verdict.open
    assert any("does not exist" in note for note in verdict.notes)


def test_under_other_settings_of_the_data_it_closes(from_file, judge, rule):
    move_on(from_file)
    from_file.set(**{"data.as_of": "2026-07-01"})
    from_file.dvc("commit", "--force", "--quiet")
    verdict = judge(from_file)
    assert not verdict.open
    assert "read again, gives other rows" in rule(verdict, "data").why


def test_a_table_that_is_neither_mains_nor_the_sources_closes(from_file, judge, rule):
    lose_a_row(from_file)
    verdict = judge(from_file)
    assert not verdict.open
    assert "read again, gives other rows" in rule(verdict, "data").why


def test_a_catalogue_that_tells_another_origin_of_mains_table_closes(from_file, judge, rule):
    move_on(from_file)
    path = from_file.root / paths.CATALOGUE
    path.write_text(path.read_text().replace("rows.csv", "better.csv"))
    from_file.dvc("commit", "--force", "--quiet")
    verdict = judge(from_file)
    assert not verdict.open
    assert "source is committed as csv file better.csv" in rule(verdict, "data").why


def test_what_it_says_now_is_a_proposal_under_the_same_day_and_told(from_file, judge):
    left = move_on(from_file)
    from_file.run()
    verdict = judge(from_file)
    (note,) = [note for note in verdict.notes if "UNDER THE SAME data.as_of" in note]
    assert f"{left} here" in note
