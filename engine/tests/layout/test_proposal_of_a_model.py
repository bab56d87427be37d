"""The bot's commit and the remembered run, of a model in its directory."""

import subprocess

import pytest

from mainline.core.layout import Layout
from mainline.pipeline import last, trial
from mainline.process.one_run import one_run
from mainline.proposal import base as base_branch
from mainline.proposal import commit as bot
from repository import commit

ASKED = {"against": None, "retrain": False}
SETTINGS = "data: {as_of: '2026-06-30', source: {kind: python}}\n"


@pytest.fixture
def pushed(model, other, tmp_path):
    """On a branch that origin has, one model trained, both with other files than committed."""
    origin = tmp_path / "origin.git"
    subprocess.run(["git", "init", "-q", "--bare", str(origin)], check=True)
    model.git.run("remote", "add", "origin", str(origin))
    model.release(1)
    model.git.run("switch", "-q", "-c", "proposal")
    model.git.run("push", "-q", "origin", "main", "proposal")
    model.write("release.txt", "two\n")
    commit(model.git)
    model.git.run("push", "-q", "origin", "proposal")
    model.dvc("repro", "--quiet")
    other.write("metrics/evaluation.json", "{}\n")
    return model


def test_the_bot_commits_what_the_model_s_pipeline_made(pushed, other):
    assert set(bot.changed(pushed.root)) == {str(Layout.lock), str(Layout.release)}
    assert bot.commit(pushed.root, machine="CPU")
    made = bot.push(pushed.root, "proposal")
    directory = Layout(pushed.root).directory
    assert set(pushed.git.run("show", "--format=", "--name-only", made).split()) == {
        (directory / Layout.lock).as_posix(),
        (directory / Layout.release).as_posix(),
    }
    assert bot.changed(pushed.root) == []
    assert bot.changed(other.root) == ["metrics/evaluation.json"]
    assert pushed.git.trailer(made, "Trained-on")


def test_a_file_that_both_sides_changed(pushed):
    commit(pushed.git)
    pushed.git.run("switch", "-q", "main")
    pushed.write("dvc.lock", "other: 1\n")
    commit(pushed.git)
    pushed.git.run("switch", "-q", "proposal")
    note = base_branch.note(pushed.root, "main")
    assert "both sides changed dvc.lock." in note
    assert "`git checkout main -- dvc.lock`" in note


def test_a_conflict_that_was_committed(pushed):
    pushed.write("params.yaml", "<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> main\n")
    with pytest.raises(Exception, match=r"params\.yaml, line 1: a merge"):
        base_branch.settled(pushed.root, "main")


@pytest.mark.parametrize("name", ["src/small/network.py", ".dvc/config", ".dvc/config.local"])
def test_the_remembered_run_ends_with_a_change_of_what_models_share(model, name):
    model.write(Layout.params, SETTINGS)
    model.release(1)
    last.keep(model.root, "The gate is open.", last.state(model.root, **ASKED))
    assert "The gate is open." in str(last.told(model.root, **ASKED))
    model.share(name, "other = 1\n")
    assert last.told(model.root, **ASKED) is None


def test_the_remembered_run_ends_with_a_change_of_the_model(model):
    model.write(Layout.params, SETTINGS)
    model.release(1)
    last.keep(model.root, "The gate is open.", last.state(model.root, **ASKED))
    model.write("data/table.parquet", "damaged\n")
    assert last.told(model.root, **ASKED) is None


def test_one_run_at_a_time_in_a_checkout(model, other):
    with one_run(model.root, "run"):
        assert (model.top / ".dvc/tmp/one-run.lock").is_file()
        with pytest.raises(Exception, match="running in this"), one_run(other.root, "run"):
            pass


def test_a_scratch_copy_has_all_that_the_model_needs(model, tmp_path):
    model.release(1)
    model.write("new.txt", "new\n")
    scratch = tmp_path / "scratch"
    trial._copy(model.root, scratch / Layout(model.root).directory)
    copied = {path.relative_to(scratch) for path in scratch.rglob("*") if path.is_file()}
    tracked = model.git.run("ls-files", "--full-name", "-z", ":/").split("\0")[:-1]
    assert {str(path) for path in copied} == {
        *tracked,
        str(Layout(model.root).directory / "new.txt"),
    }
