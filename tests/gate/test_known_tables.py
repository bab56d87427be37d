"""A model that main has or had excuses from reading the source only with the table of then."""

import json

import pandas as pd

from customer_churn.core import paths
from customer_churn.data import ingest
from customer_churn.data.catalogue import content_hash


def forge(project):
    """The same model beside a table that nobody has judged, and a catalogue that vouches for it."""
    path = project.root / paths.TABLE
    frame = pd.read_parquet(path)
    frame["income"] = frame["income"] * 2
    frame.to_parquet(path, index=False)
    catalogue = json.loads((project.root / paths.CATALOGUE).read_text())
    catalogue["content"] = content_hash(frame)
    (project.root / paths.CATALOGUE).write_text(json.dumps(catalogue))
    project.dvc("commit", "--force", "--quiet")


def test_another_table_beside_the_released_model_closes(project, judge, rule):
    forge(project)
    verdict = judge(project)
    assert verdict.case == "same"
    assert not verdict.open
    assert "read again, gives other rows" in rule(verdict, "data").why


def test_another_table_in_a_rollback_closes(rolled_back, judge, rule):
    project, _ = rolled_back
    assert judge(project).case == "rollback"
    assert judge(project).open
    forge(project)
    verdict = judge(project)
    assert not verdict.open
    assert "read again, gives other rows" in rule(verdict, "data").why


def test_a_source_that_moved_on_does_not_stop_a_rollback(rolled_back, judge, monkeypatch):
    project, _ = rolled_back
    monkeypatch.setattr(ingest, "read", lambda *_: 1 / 0)
    assert judge(project).open
