"""A real champion on main against real proposals: worse, equal, better, none yet, the same."""

from dataclasses import replace

from customer_churn.gate import challenge

GOOD = {"train.epochs": 6, "train.hidden": [16], "train.learning_rate": 0.002}
POOR = {"train.epochs": 1, "train.hidden": [1], "train.learning_rate": 0.00001}


def test_a_worse_model_closes(project, judge, rule):
    project.retrain(**POOR)
    verdict = judge(project)
    champion = rule(verdict, "champion")
    assert not verdict.open
    assert champion.outcome == "fail"
    assert "may be worse by" in champion.why
    assert "DeLong" in champion.why


def test_a_difference_without_an_interval_closes_and_says_why(project, judge, rule, monkeypatch):
    compared = challenge.compare

    def alone(*given):
        found = compared(*given)
        return replace(found, difference=replace(found.difference, low=float("nan")))

    monkeypatch.setattr(challenge, "compare", alone)
    project.retrain(**{"train.seed": 12})
    champion = rule(judge(project), "champion")
    assert (champion.outcome, champion.figure) == ("fail", "none")
    assert "a class is seen in one entity only" in champion.why


def test_an_equal_model_passes_as_a_proposal_with_a_difference_of_exactly_zero(
    project, judge, rule
):
    project.set(**{"package.golden_rows": 8})
    project.run("package", "release")
    verdict = judge(project)
    assert verdict.open, verdict.headline
    assert verdict.case == "proposal"
    assert rule(verdict, "champion").figure == "+0.0000 (+0.0000 to +0.0000)"


def test_an_equal_model_is_a_tie_and_closes_a_retrain(project, judge, rule):
    project.set(**{"package.golden_rows": 8})
    project.run("package", "release")
    verdict = judge(project, retrain=True)
    assert not verdict.open
    assert rule(verdict, "champion").outcome == "fail"
    assert "must be better" in rule(verdict, "champion").why


def test_a_better_model_opens_even_for_a_retrain(project, judge, rule):
    project.retrain(**POOR)
    project.commit("A poor champion")
    project.git("branch", "-f", "main", "HEAD")
    project.retrain(**GOOD, **{"train.seed": 42})
    verdict = judge(project, retrain=True)
    assert rule(verdict, "champion").outcome == "pass"
    assert verdict.open, verdict.headline
    assert verdict.champion["difference"]["low"] > 0


def test_the_first_model_needs_only_bars_and_baseline(unreleased, judge):
    verdict = judge(unreleased)
    assert verdict.case == "first"
    assert verdict.open, verdict.headline
    assert "champion" not in [rule.name for rule in verdict.rules]


def test_a_first_model_below_a_bar_closes(unreleased, judge, rule):
    unreleased.set(**{"gate.bars": {"roc_auc": {"min": 0.999}}})
    unreleased.git("commit", "-q", "-m", "Higher bars", "params.yaml")
    verdict = judge(unreleased)
    assert not verdict.open
    assert rule(verdict, "roc_auc").outcome == "fail"


def test_the_same_content_is_nothing_to_propose(project, judge):
    verdict = judge(project)
    assert verdict.open
    assert verdict.case == "same"
    assert "nothing to propose" in verdict.headline


def test_a_release_brought_back_from_mains_history_is_a_rollback(rolled_back, judge, rule):
    project, first = rolled_back
    verdict = judge(project)
    assert verdict.case == "rollback"
    assert verdict.open, verdict.headline
    assert "rollback" in verdict.headline
    assert rule(verdict, "roc_auc").outcome == "waived"
    assert rule(verdict, "bytes").outcome == "pass"
    assert rule(verdict, "champion").outcome == "waived"
    assert verdict.champion["difference"]["low"] < 1  # what going back costs is shown
    [note] = [note for note in verdict.notes if "released these very bytes" in note]
    assert f"in {first[:7]} Champion" in note
