"""The loop's own words and outcomes; its stages and the gate have tests of their own."""

import pytest

from customer_churn.core import paths
from customer_churn.core.errors import UserError
from customer_churn.loop import run as loop


@pytest.fixture
def without_pipeline(monkeypatch):
    """The stages have run already."""
    monkeypatch.setattr(loop, "reproduce", lambda root, then: then())


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


def test_what_it_is_to_be_compared_with_is_looked_up_before_dvc_starts(project, monkeypatch):
    monkeypatch.setattr(loop, "reproduce", lambda *_, **__: pytest.fail("DVC was started"))
    with pytest.raises(UserError, match="git knows no revision 'nowhere'"):
        loop.run(project.root, against="nowhere")


def test_outside_git_the_error_says_how_to_begin(project, without_pipeline):
    (project.root / ".git").rename(project.root / "git")
    with pytest.raises(UserError, match="git init"):
        loop.run(project.root)
