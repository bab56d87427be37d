"""A model's files stand in its directory, and what all models share at the git root."""

from pathlib import Path

import pytest

from mainline.core.layout import Layout


@pytest.fixture
def churn(tmp_path) -> Path:
    (tmp_path / ".git").mkdir()
    made = tmp_path / "models/churn"
    made.mkdir(parents=True)
    return made


def test_a_name_is_below_the_model_or_the_git_root():
    assert Layout.saved_model == Path("dist/model")
    assert Layout.dvc_config == Path(".dvc/config")


def test_the_only_model_stands_at_the_git_root(tmp_path):
    (tmp_path / ".git").mkdir()
    layout = Layout(tmp_path)
    assert layout.params == tmp_path / "params.yaml"
    assert layout.dvc_config == tmp_path / ".dvc/config"
    assert layout.directory == Path()


def test_one_model_of_several(tmp_path, churn):
    layout = Layout(churn)
    assert layout.params == churn / "params.yaml"
    assert layout.dvc_config == tmp_path / ".dvc/config"
    assert layout.directory == Path("models/churn")


def test_paths_stay_relative_where_the_command_runs(churn, monkeypatch):
    monkeypatch.chdir(churn)
    assert Layout(Path()).params == Path("params.yaml")
    assert Layout(Path()).directory == Path("models/churn")
    monkeypatch.chdir(churn.parents[1])
    assert Layout(Path()).dvc_config == Path(".dvc/config")


def test_a_worktree_has_a_file_in_place_of_the_directory(tmp_path):
    (tmp_path / ".git").write_text("gitdir: elsewhere\n")
    assert Layout(tmp_path / "models/churn").directory == Path("models/churn")


def test_without_git_the_model_is_the_top(tmp_path):
    assert Layout(tmp_path).dvc_config == tmp_path / ".dvc/config"
