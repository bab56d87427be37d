"""The bars in force are the base branch's; a proposal cannot vouch for itself."""

import pytest

from customer_churn.core.errors import UserError

POOR = {"train.epochs": 1, "train.hidden": [1], "train.learning_rate": 0.00001}


def test_loosened_bars_do_not_help_the_proposal_that_loosens_them(project, judge, rule):
    project.set(**{"gate.bars": {"roc_auc": {"min": 0.01}}, "gate.champion.margin": 0.9})
    project.retrain(**POOR)
    verdict = judge(project)
    assert not verdict.open
    assert rule(verdict, "roc_auc").bar == ">= 0.6"
    assert rule(verdict, "champion").margin == "0.03"


def test_changed_bars_are_shown(project, judge):
    project.set(**{"gate.bars.roc_auc": {"min": 0.01}})
    notes = judge(project).notes
    assert any("gate.bars.roc_auc.min" in note and "0.6 to 0.01" in note for note in notes)


def test_slices_in_force_are_the_bases_too(project, judge, rule):
    project.set(**{"gate.slices": {"largest_gap": 0.4, "min_rows": 100_000}})
    project.git("commit", "-qm", "bars", "params.yaml")
    project.git("branch", "-f", "main", "HEAD")
    nothing = {"evaluation.slices": {}, "evaluation.fairness": {}}
    project.set(**nothing, **{"package.golden_rows": 8})
    project.run("evaluate", "package", "release")
    assert rule(judge(project), "slices").outcome == "fail"


def test_stunted_trees_and_a_narrowed_interval_do_not_help_either(project, judge, rule):
    project.set(**{"gate.baseline.margin": 0.0, "evaluation.confidence": 0.99})
    project.git("commit", "-qm", "bars", "params.yaml")
    project.git("branch", "-f", "main", "HEAD")
    stunted = {"max_iter": 1, "max_leaf_nodes": 2}
    project.retrain(**POOR, **{"train.baseline": stunted, "evaluation.confidence": 0.51})
    verdict = judge(project)
    assert rule(verdict, "baseline").outcome == "fail"
    assert rule(verdict, "figures").outcome == "pass"
    for key in ("train.baseline.max_iter", "evaluation.confidence"):
        assert any(note.startswith(key) for note in verdict.notes)


def test_a_base_without_readable_bars_closes(project, judge):
    path = project.root / "params.yaml"
    path.write_text(path.read_text().replace("largest_gap", "largest_gasp"))
    project.git("commit", "-qm", "Broken bars", "params.yaml")
    project.git("branch", "-f", "main", "HEAD")
    path.write_text(path.read_text().replace("largest_gasp", "largest_gap"))
    verdict = judge(project)
    assert not verdict.open
    assert "largest_gap" in verdict.rules[0].why


def test_a_revision_that_git_does_not_know_is_an_error(project, judge):
    with pytest.raises(UserError, match="no revision 'origin/nowhere'"):
        judge(project, "origin/nowhere")


def test_in_ci_a_missing_main_is_an_error_and_on_a_laptop_a_first_model(project, judge):
    project.git("branch", "-D", "main")
    with pytest.raises(UserError, match="fetch the base branch"):
        judge(project, None, in_ci=True)
    verdict = judge(project, None, in_ci=False)
    assert verdict.case == "first"
    assert any("no bars on main" in note for note in verdict.notes)


def test_outside_git_there_is_nothing_to_judge_against(project, judge):
    (project.root / ".git").rename(project.root / "git")
    with pytest.raises(UserError, match="no git repository"):
        judge(project)
