"""The loop's own words and outcomes; its stages and the gate have tests of their own."""

import json
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.pipeline import anew, last
from mainline.pipeline import run as loop


@pytest.fixture
def without_pipeline(monkeypatch):
    """The stages have run already."""
    monkeypatch.setattr(anew, "reproduce", lambda root: None)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)


def test_an_unchanged_checkout_is_told_what_to_do_and_told_again(
    project, without_pipeline, capsys, monkeypatch
):
    assert loop.run(project.root)
    said = capsys.readouterr().out
    assert said.count("The gate is open: this is the model that main has") == 1
    assert "nothing has changed; edit params.yaml or src" in said
    for place in (Layout.comment, Layout.model_card, Layout.release):
        assert str(place) in said
        assert (project.root / place).exists()
    assert project.git("status", "--porcelain") == ""

    begin, _, told = run_again(project.root).partition("\n\n")
    assert begin.startswith("Nothing has changed since the last run")
    assert told.strip() == said.strip()

    monkeypatch.setattr(anew, "reproduce", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        anew.run(project.root)
    asked = {"against": None, "retrain": False}
    assert last.told(project.root, **asked) is None, "a run that broke off leaves no verdict"


def run_again(root: Path) -> str:
    """What a second run says, in a process that has imported nothing yet."""
    code = (
        "import sys; from mainline.cli.main import main;"
        "assert main(['run']) == 0;"
        "dear = {'tensorflow', 'pandas', 'mlflow', 'dvc', 'pydantic', 'numpy'};"
        "assert not dear & set(sys.modules), dear & set(sys.modules)"
    )
    line = [sys.executable, "-c", code]
    done = subprocess.run(line, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_closed_gate_still_writes_the_comment_and_says_no(
    project, without_pipeline, brief, capsys, monkeypatch
):
    monkeypatch.setattr(anew, "recording", lambda _: nullcontext(lambda: "recorded"))
    monkeypatch.setattr(anew, "_asked", lambda _: "answered")
    path = project.root / "metrics/evaluation.json"
    figures = json.loads(path.read_text())
    figures["model"]["roc_auc"]["value"] = 0.999  # not what the gate finds
    path.write_text(json.dumps(figures))
    assert not loop.run(project.root)
    assert "change params, data or code" in capsys.readouterr().out
    assert Layout(project.root).comment.read_text().startswith("## ❌")
    assert not Layout(project.root).last_run.exists(), "only an open verdict is told again"


def test_params_are_checked_before_dvc_starts(project, monkeypatch):
    project.set(**{"train.epoch": 3})
    monkeypatch.setattr(anew, "reproduce", lambda *_, **__: pytest.fail("DVC was started"))
    with pytest.raises(MainlineError, match=r"train\.epoch.*did you mean 'train\.epochs'"):
        loop.run(project.root)


def test_what_it_is_to_be_compared_with_is_looked_up_before_dvc_starts(project, monkeypatch):
    monkeypatch.setattr(anew, "reproduce", lambda *_, **__: pytest.fail("DVC was started"))
    with pytest.raises(MainlineError, match="git knows no revision 'nowhere'"):
        loop.run(project.root, against="nowhere")


def test_outside_git_the_error_says_how_to_begin(project, without_pipeline):
    (project.root / ".git").rename(project.root / "git")
    with pytest.raises(MainlineError, match="git init"):
        loop.run(project.root)
