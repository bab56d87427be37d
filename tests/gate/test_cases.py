"""Which case a branch is, where main and history are not what one expects."""

import shutil

from customer_churn.core import paths
from customer_churn.core.config import read_params
from customer_churn.release.file import Release


def test_a_branch_that_main_has_left_behind_is_no_rollback(project, judge, rule):
    project.git("switch", "-q", "main")
    project.retrain(**{"train.seed": 42})
    project.commit("Second")
    project.git("switch", "-q", "proposal")
    project.dvc("checkout", "--quiet")
    verdict = judge(project)
    assert verdict.case == "behind"
    assert not verdict.open
    assert "git merge origin/main" in rule(verdict, "base").why


def test_a_shallow_clone_says_that_it_knows_no_rollback(project, judge):
    project.retrain(**{"train.seed": 42})
    assert not any("--unshallow" in note for note in judge(project).notes)
    (project.root / ".git" / "shallow").write_text(project.git("rev-parse", "main"))
    assert any("--unshallow" in note for note in judge(project).notes)


def test_a_release_whose_version_is_not_its_contents_closes(project, judge):
    path = project.root / paths.RELEASE
    release = Release.read(project.root)
    path.write_text(release.render().replace(f'"{release.version}"', '"42"'))
    project.commit("Version 42")
    project.git("branch", "-f", "main", "HEAD")
    verdict = judge(project)
    assert not verdict.open
    assert "version 42 is not that of its content" in verdict.rules[0].why


def test_a_sliced_column_that_is_dropped_closes_with_the_way_out(project, judge, rule):
    params = read_params(project.root)
    del params["validation"]["columns"]["gender"]
    without = {
        "table.categories": ["location", "device_type"],
        "evaluation.slices": {},
        "evaluation.fairness": {},
        "validation.columns": params["validation"]["columns"],
    }
    project.retrain("ingest", "validate", "split", **without)
    why = rule(judge(project), "slices").why
    assert "main names 'gender', which this table no longer has" in why


def test_recorded_figures_promise_nothing_for_ci(project, judge):
    shutil.rmtree(project.root / ".dvc" / "cache")
    project.retrain(**{"train.seed": 42})
    assert "CI will close it" in judge(project, in_ci=False).headline
