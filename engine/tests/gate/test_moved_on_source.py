"""A file that says something else now: told always, and in the way only of what is new."""

import pandas as pd
import pytest
from judging import data_rule, lose_a_row, refused

from mainline.core.layout import Layout
from mainline.data import ingest
from mainline.gate import source
from mainline.gate.candidate import Candidate
from mainline.git import Git
from project import ROWS

FILE = ROWS.replace("{as_of}", "2026-06-30")


def move_on(project) -> int:
    """The file loses 40 rows. Returns how many are left."""
    rows = pd.read_parquet(project.root / FILE).iloc[40:]
    rows.to_parquet(project.root / FILE, index=False)
    return len(rows)


def test_a_source_that_stays_is_read_again_and_says_the_same(project):
    found, notes = data_rule(project)
    assert "read again, gives the same table" in found.why
    assert (found.outcome, notes) == ("pass", [])


def test_it_does_not_close_what_keeps_mains_table_and_is_told(project):
    left = move_on(project)
    found, [note] = data_rule(project)
    assert found.outcome == "pass"
    assert "THE SOURCE HAS CHANGED" in note
    assert f"{left:,} rows" in note


def test_nor_does_a_source_that_is_gone(project):
    (project.root / FILE).unlink()
    found, [note] = data_rule(project)
    assert found.outcome == "pass"
    assert "does not exist" in note


@pytest.mark.parametrize("day", ["2026-07-31", "2026-08-31"])
def test_under_other_settings_of_the_data_it_closes(project, day):
    project.set(**{"data.as_of": day})
    there = day == "2026-07-31"
    assert ("read again, gives other rows" if there else "does not exist") in refused(project)


def test_a_table_that_is_neither_mains_nor_the_sources_closes(project):
    lose_a_row(Layout(project.root).table)
    assert "read again, gives other rows" in refused(project)


def test_a_catalogue_that_tells_another_origin_of_mains_table_closes(project):
    move_on(project)
    path = Layout(project.root).catalogue
    path.write_text(path.read_text().replace(FILE, "better.parquet"))
    assert "source is committed as parquet file better.parquet" in refused(project)


def test_what_it_says_now_is_a_proposal_under_the_same_day_and_told(project):
    left = move_on(project)
    ingest.run(project.root)
    found, [note] = data_rule(project)
    assert found.outcome == "pass"
    assert "UNDER THE SAME data.as_of" in note
    assert f"{left} here" in note


def test_only_a_table_that_a_commit_has_is_settled(project):
    candidate, git = Candidate(project.root), Git(project.root)
    assert source.settled(candidate, git, ["main"])
    assert not source.settled(candidate, git, [])
    lose_a_row(Layout(project.root).table)
    assert not source.settled(candidate, git, ["main"])
