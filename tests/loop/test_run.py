"""The loop's own words and outcomes; its stages and the gate have tests of their own."""

import json

import pytest

from customer_churn.core import paths
from customer_churn.core.errors import UserError
from customer_churn.gate.verdict import Rule, Verdict
from customer_churn.git import Git
from customer_churn.loop import run as loop


@pytest.fixture
def without_pipeline(monkeypatch):
    """The stages have run already."""
    monkeypatch.setattr(loop, "reproduce", lambda root, then: then())
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)


def test_an_unchanged_checkout_ends_with_what_to_do(project, without_pipeline, capsys):
    assert loop.run(project.root)
    said = capsys.readouterr().out
    assert said.count("The gate is open: nothing to propose") == 1
    assert "nothing has changed; edit params.yaml or src" in said
    for place in (paths.COMMENT, paths.MODEL_CARD, paths.RELEASE):
        assert str(place) in said
        assert (project.root / place).exists()
    assert project.git("status", "--porcelain") == ""


def test_a_second_run_records_nothing_twice(project, without_pipeline, capsys):
    loop.run(project.root)
    assert "recorded in MLflow" in capsys.readouterr().out
    loop.run(project.root)
    assert "already recorded in MLflow" in capsys.readouterr().out


def test_a_closed_gate_still_writes_the_comment_and_says_no(project, without_pipeline, capsys):
    project.retrain(**{"train.epochs": 1, "train.hidden": [1], "train.learning_rate": 0.00001})
    assert not loop.run(project.root)
    assert "change params, data or code" in capsys.readouterr().out
    assert (project.root / paths.COMMENT).read_text().startswith("## ❌")


def test_params_are_checked_before_dvc_starts(project, monkeypatch):
    project.set(**{"train.epoch": 3})
    monkeypatch.setattr(loop, "reproduce", lambda *_, **__: pytest.fail("DVC was started"))
    with pytest.raises(UserError, match=r"train\.epoch.*did you mean 'train\.epochs'"):
        loop.run(project.root)


def test_outside_git_the_error_says_how_to_begin(project, without_pipeline):
    (project.root / ".git").rename(project.root / "git")
    with pytest.raises(UserError, match="git init"):
        loop.run(project.root)


OPEN = Verdict("proposal", "", [Rule.judged("size", True, "")])


def test_a_change_of_your_own_is_to_be_proposed(project):
    project.set(**{"train.epochs": 7})
    (project.root / ".dvc/config").write_text("[core]\n    remote = storage\n")
    said = loop.next_step(Git(project.root), OPEN)
    assert "propose it: git add -A" in said
    assert "`dvc push`" in said


def test_on_main_a_branch_comes_first_and_without_a_remote_nothing_is_pushed_there(project):
    project.git("switch", "-q", "main")
    project.set(**{"train.epochs": 7})
    (project.root / ".dvc/config").write_text("")
    said = loop.next_step(Git(project.root), OPEN)
    assert "propose it: git switch -c my-change && git add -A" in said
    assert "dvc push" not in said


def test_figures_that_only_another_machine_explains_are_called_so(project):
    path = project.root / paths.FIGURES
    path.write_text(path.read_text() + " ")
    said = loop.next_step(Git(project.root), OPEN)
    assert "CPU class" in said
    assert "git checkout --" in said


def test_a_source_that_answers_differently_is_no_matter_of_the_machine(project):
    project.set(**{"data.source": {"kind": "file", "path": "rows.csv"}})
    project.commit("A file")
    path = project.root / paths.CATALOGUE
    about = json.loads(path.read_text())
    rows = about["rows"]
    path.write_text(json.dumps(about | {"content": "sha256:1", "rows": rows + 7}))
    said = loop.next_step(Git(project.root), OPEN)
    assert "THE SOURCE ANSWERS DIFFERENTLY" in said
    assert f"{rows} rows then, {rows + 7} now" in said
    assert "CPU class" not in said
