"""Ways around the gate that a reviewer once found open."""

import contextlib
import shutil
from types import SimpleNamespace

import numpy as np
import pandas as pd

from customer_churn.core import paths
from customer_churn.gate import candidate, gate


def test_a_model_that_reads_the_label_closes(project, judge, rule, monkeypatch):
    cheat = SimpleNamespace(
        inputs={"churned": None}, score=lambda frame: frame["churned"].to_numpy(np.float64)
    )
    monkeypatch.setattr(candidate, "Scorer", lambda directory: cheat)
    project.set(**{"package.golden_rows": 8})
    project.run("package", "release")
    verdict = judge(project)
    assert not verdict.open
    assert "reads churned" in rule(verdict, "figures").why


def test_a_model_that_main_only_held_inside_a_merged_branch_is_no_rollback(project, judge):
    project.retrain(**{"train.seed": 42})
    passing = project.commit("In passing")
    project.retrain(**{"train.seed": 5})
    project.commit("What was reviewed")
    project.git("switch", "-q", "main")
    project.git("merge", "-q", "--no-ff", "-m", "Merge", "proposal")
    project.git("switch", "-q", "-c", "next")
    project.git("checkout", "-q", passing, "--", ".")
    project.dvc("checkout", "--quiet")
    assert judge(project).case == "proposal"


def test_another_registry_is_a_proposal_and_not_nothing(project, judge):
    project.set(**{"package.image": "registry.example/other"})
    project.run("package", "release")
    verdict = judge(project)
    assert verdict.case == "proposal"
    assert "champion" in [rule.name for rule in verdict.rules]


def test_a_reset_does_not_help_where_the_champion_is_out_of_reach(project, judge, rule):
    shutil.rmtree(project.root / ".dvc" / "cache")
    project.retrain(**{"train.seed": 42, "gate.champion.reset": "no remote"})
    assert rule(judge(project, in_ci=True), "champion").outcome == "fail"


def test_a_reset_is_told_in_a_note(project, judge):
    project.retrain("split", **{"split.salt": "another", "gate.champion.reset": "new split"})
    assert any('give the champion up: "new split"' in note for note in judge(project).notes)


def test_recorded_figures_never_open_a_retrain(project, judge, rule):
    shutil.rmtree(project.root / ".dvc" / "cache")
    project.retrain(**{"train.seed": 42})
    verdict = judge(project, retrain=True, in_ci=False)
    assert rule(verdict, "champion").outcome == "fail"


def test_a_tag_called_main_does_not_choose_the_bars(project, judge):
    main = project.git("rev-parse", "main").strip()
    project.set(**{"gate.bars": {"roc_auc": {"min": 0.01}}})
    project.commit("Loose bars")
    project.git("tag", "main")
    assert judge(project, None).against == main


def test_a_table_without_its_target_closes_instead_of_crashing(project, judge, rule):
    path = project.root / paths.TABLE
    pd.read_parquet(path).drop(columns="churned").to_parquet(path, index=False)
    verdict = judge(project)
    assert not verdict.open
    assert rule(verdict, "figures").outcome == "fail"


def test_a_judgement_that_breaks_off_leaves_no_older_verdict(project, monkeypatch):
    gate.run(project.root, in_ci=True)
    assert (project.root / paths.VERDICT).exists()
    monkeypatch.setattr(gate, "decide", lambda *_, **__: 1 / 0)
    with contextlib.suppress(ZeroDivisionError):
        gate.run(project.root, in_ci=True)
    assert not (project.root / paths.VERDICT).exists()
