"""Both sides changed the lock: what a person reads, and that the way out is one."""

import json
import re
import subprocess
import sys

import pytest

from mainline.core.errors import MainlineError
from mainline.pipeline import run as loop
from mainline.proposal import base, propose
from project import MODEL_STAGES


def diverged(project, make):
    """main has released another model since the branch made its own."""
    make(project, **{"train.seed": 6})
    project.commit("Ours")
    project.git("switch", "-q", "main")
    make(project, **{"train.seed": 17, "train.options.dropout": 0.2})
    project.commit("Theirs")
    project.git("push", "-q", "origin", "main")
    project.git("switch", "-q", "proposal")
    return project


def pretend(project, **values):
    """What git sees of a training: other settings, another lock and other figures."""
    project.set(**values)
    figures = project.root / "metrics/evaluation.json"
    figures.write_text(json.dumps(json.loads(figures.read_text()) | {"made_by": values}))
    project.dvc("commit", "--force", "--quiet")


@pytest.fixture
def both(remoted):
    return diverged(remoted, pretend)


def test_what_both_sides_changed_is_named_with_the_way_out(both):
    said = base.note(both.root, "origin/main")
    assert said.startswith("origin/main has new commits, and both sides changed dvc.lock, ")
    assert "`git checkout origin/main -- dvc.lock" in said
    assert "by hand" not in said


def test_what_a_person_wrote_is_for_a_person(both):
    both.set(**{"train.options.dropout": 0.3})
    both.commit("Dropout, too")
    assert "resolve params.yaml by hand, take" in base.note(both.root, "origin/main")


def trained(project, **values):
    """Each stage in a process of its own: traces of two trainings in one have met each other."""
    project.set(**values)
    for stage in MODEL_STAGES:
        line = [sys.executable, "-m", "mainline.cli.main", stage]
        subprocess.run(line, cwd=project.root, check=True, capture_output=True)
    project.dvc("commit", "--force", "--quiet")


@pytest.mark.e2e
def test_the_way_out_is_one(remoted):
    both = diverged(remoted, trained)
    both.dvc("checkout", "-q", "--force")
    said = base.note(both.root, "origin/main")
    [checkout] = re.findall(r"`git (checkout [^`]+)`", said)
    with pytest.raises(Exception, match="merge"):
        both.git("merge", "-q", "origin/main")
    both.git(*checkout.split())
    assert "<<<<<<<" not in (both.root / "dvc.lock").read_text()
    assert loop.run(both.root, against="origin/main", retrain=False)
    both.commit("Merged")
    assert base.note(both.root, "origin/main") == ""


def merge_badly(project) -> None:
    """A merge whose conflicts were committed as they stood."""
    with pytest.raises(Exception, match="merge"):
        project.git("merge", "-q", "origin/main")
    project.commit("Merge")


def test_a_lock_with_its_conflict_in_it(both, comment, untrained):
    merge_badly(both)
    assert not propose.run(both.root, against=None)
    said = comment()
    assert "dvc.lock, line " in said
    assert "a merge was committed with its conflict unresolved" in said
    assert "`git checkout origin/main -- dvc.lock`, train again with `make run`" in said
    assert "Traceback" not in said


def test_params_with_their_conflict_in_them(both, comment, untrained):
    both.set(**{"train.options.dropout": 0.3})
    both.commit("Dropout, too")
    merge_badly(both)
    assert not propose.run(both.root, against=None)
    assert re.search(
        r"params.yaml, line \d+: a merge .* resolve params.yaml by hand, train", comment()
    )


def test_a_rule_under_a_headline_is_no_conflict(tmp_path):
    (tmp_path / "params.yaml").write_text("# Title\n# =======\n# <<<<<<< as text\na: 1\n")
    base.settled(tmp_path, "origin/main")
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics/evaluation.json").write_text("{\n<<<<<<< HEAD\n")
    with pytest.raises(
        MainlineError, match=r"metrics/evaluation.json, line 2: a merge was committed"
    ):
        base.settled(tmp_path, "origin/main")
