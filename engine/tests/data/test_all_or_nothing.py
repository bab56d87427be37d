import pytest

from mainline.core.layout import Layout
from mainline.data import catalogue, ingest, split, validate


def held(project):
    return {path: (project.root / path).read_bytes() for path in project.files()}


def test_ingest_that_fails_late_leaves_what_was_there(project, rows, monkeypatch):
    project.ingest()
    before = held(project)
    project.csv(rows.head(30))
    monkeypatch.setattr(catalogue, "entry", lambda *_: {"notes": {}, "rows": float("nan")})

    with pytest.raises(ValueError, match="JSON"):
        project.run(ingest)

    assert {path for path, content in held(project).items() if content != before[path]} == {
        (project.root / "rows.csv").relative_to(project.root)
    }


def test_split_that_fails_late_leaves_what_was_there(project, monkeypatch):
    project.ingest()
    project.run(split)
    project.params["split"]["salt"] = "another"
    project.write()
    before = held(project)
    monkeypatch.setattr(split, "write_json", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        project.run(split)

    assert held(project) == before


def test_table_that_breaks_a_rule_gets_no_validation(project):
    project.params["validation"]["min_rows"] = 1000
    project.ingest()
    project.refused(validate)

    assert not Layout(project.root).validation.exists()
