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
    assert not verdict.open
    assert "read again, gives other rows" in rule(verdict, "data").why


def test_the_released_model_beside_rows_that_moved_is_judged_by_them(project, judge, rule):
    """As when all new rows are test rows: training gives the same bytes, and main gets the rows."""
    forge(project)
    verdict = judge(project)
    assert verdict.case == "proposal"
    moved = rule(verdict, "snapshot")
    assert moved.outcome == "fail"
    assert moved.figure.startswith("income")
    assert rule(verdict, "roc_auc").outcome == "pass"


def test_the_released_model_asked_otherwise_is_judged_anew(project, judge, rule):
    project.set(**{"evaluation.shuffles": 2})
    project.run("evaluate")
    verdict = judge(project, retrain=True)
    assert verdict.case == "proposal"  # no retrain: a model is not better than itself
    assert rule(verdict, "champion").outcome == "pass"
    assert rule(verdict, "champion").figure == "+0.0000 (+0.0000 to +0.0000)"
    assert rule(verdict, "demographic_parity").outcome == "pass"


def test_another_table_in_a_rollback_closes(rolled_back, judge, rule):
    project, _ = rolled_back
    assert judge(project).case == "rollback"
    assert judge(project).open
    assert rule(judge(project), "snapshot").outcome == "waived"
    forge(project)
    verdict = judge(project)
    assert not verdict.open
    assert "read again, gives other rows" in rule(verdict, "data").why
    assert rule(verdict, "snapshot").outcome == "fail"


def test_a_source_that_moved_on_does_not_stop_a_rollback(rolled_back, judge, monkeypatch):
    project, _ = rolled_back
    monkeypatch.setattr(ingest, "read", lambda *_: 1 / 0)
    assert judge(project).open
