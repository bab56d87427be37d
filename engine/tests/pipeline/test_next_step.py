"""What the loop tells a person to do next."""

import json
from dataclasses import replace

import pytest

from mainline.core.layout import Layout
from mainline.gate.verdict import Rule, Verdict
from mainline.git import Git
from mainline.pipeline.next_step import next_step

OPEN = Verdict("proposal", "", [Rule.judged("size", True, "")])


def test_a_change_of_your_own_is_to_be_proposed(project):
    project.set(**{"train.epochs": 7})
    (project.root / ".dvc/config").write_text("[core]\n    remote = storage\n")
    said = next_step(Git(project.root), OPEN)
    assert "propose it: git add -A" in said
    assert "`dvc push`" in said


def test_on_main_a_branch_comes_first_and_without_a_remote_nothing_is_pushed_there(project):
    project.git("switch", "-q", "main")
    project.set(**{"train.epochs": 7})
    (project.root / ".dvc/config").write_text("")
    said = next_step(Git(project.root), OPEN)
    assert "propose it: git switch -c my-change && git add -A" in said
    assert "dvc push" not in said


def test_figures_that_only_another_machine_explains_are_called_so(project):
    path = Layout(project.root).figures
    path.write_text(path.read_text() + " ")
    said = next_step(Git(project.root), OPEN)
    assert "CPU class" in said
    assert "git checkout --" in said


def test_a_source_that_answers_differently_is_no_matter_of_the_machine(project):
    project.set(**{"data.source": {"kind": "file", "path": "rows.csv"}})
    project.commit("A file")
    path = Layout(project.root).catalogue
    about = json.loads(path.read_text())
    rows = about["rows"]
    path.write_text(json.dumps(about | {"content": "sha256:1", "rows": rows + 7}))
    said = next_step(Git(project.root), OPEN)
    assert "THE SOURCE HAS CHANGED" in said
    assert f"{rows} rows then, {rows + 7} now" in said
    assert "CPU class" not in said


@pytest.mark.parametrize("kind", ["python", "file"])
@pytest.mark.parametrize("what", ["params", "code"])
def test_what_was_committed_before_the_run_is_to_be_proposed(project, what, kind):
    """`git commit -am Idea && make run`: then only generated files differ from the commit."""
    if kind == "file":
        project.set(**{"data.source": {"kind": "file", "path": "rows.csv"}})
    if what == "params":
        project.set(**{"train.learning_rate": 0.004})
    else:
        (project.root / "src/small/network.py").write_text("# another one\n")
    project.commit("Idea")
    figures = Layout(project.root).figures
    figures.write_text(figures.read_text() + " ")
    project.dvc("commit", "--force", "--quiet")
    said = next_step(Git(project.root), OPEN)
    assert said.startswith("propose it: git add -A")


def test_a_lock_with_other_outputs_alone_is_of_another_machine(project):
    figures = Layout(project.root).figures
    figures.write_text(figures.read_text() + " ")
    project.dvc("commit", "--force", "--quiet")
    assert "dvc.lock" in project.git("status", "--porcelain")
    assert "CPU class" in next_step(Git(project.root), OPEN)


@pytest.mark.parametrize("lock", ["<<<<<<< HEAD\n", "stages: []\n", "stages: {train: 3}\n"])
def test_a_lock_that_was_committed_broken_is_mended_by_a_proposal(project, lock):
    path = Layout(project.root).lock
    good = path.read_text()
    path.write_text(lock)
    project.commit("A conflict, committed")
    path.write_text(good)
    assert next_step(Git(project.root), OPEN).startswith("propose it")


ALONE = Verdict("proposal", "", [Rule.judged("size", True, "")], champion={"paired": False})


@pytest.mark.parametrize("remote", ["", "[core]\n    remote = storage\n"])
def test_where_ci_is_going_to_close_mains_model_comes_before_the_proposal(project, remote):
    project.set(**{"train.epochs": 7})
    (project.root / ".dvc/config").write_text(remote)
    said = next_step(Git(project.root), ALONE)
    assert said.startswith("CI needs main's model")
    assert ("first set up a DVC remote, in a separate proposal" in said) is (not remote)
    assert ("push it to the DVC remote from the machine that trained it" in said) is bool(remote)
    assert said.endswith("open a PR")


def test_a_rollback_needs_no_comparison(project):
    project.set(**{"train.epochs": 7})
    assert not replace(ALONE, case="rollback").here_alone
    assert next_step(Git(project.root), replace(ALONE, case="rollback")).startswith("propose it")
