"""A champion with another table or another split: common test rows, or closed, or given up."""

import pytest
import yaml

from customer_churn.core.errors import UserError
from customer_churn.gate import opponent
from project import Project

REASON = "the income column is gone for good"


def without_income(project: Project) -> None:
    params = yaml.safe_load((project.root / "params.yaml").read_text())
    params["table"]["numbers"].remove("income")
    del params["validation"]["columns"]["income"]
    (project.root / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    project.run()


def test_a_column_that_is_gone_is_taken_from_the_champions_own_table(project, judge, rule):
    without_income(project)
    champion = rule(judge(project), "champion")
    assert "matched by key, since income is gone" in champion.why
    assert champion.outcome == "pass"


def test_another_split_is_compared_on_rows_that_are_test_rows_in_both(project, judge, rule):
    project.set(**{"split.salt": "other", "gate.champion.min_rows": 1})
    project.git("commit", "-qm", "bars", "params.yaml")
    project.git("branch", "-f", "main", "HEAD")
    project.retrain("split", **{"split.salt": "another"})
    verdict = judge(project)
    assert "test rows in both splits" in rule(verdict, "champion").why
    assert any("chooses what it is tested on" in note for note in verdict.notes)
    assert 0 < verdict.champion["rows"] < verdict.candidate["figures"]["rows"]


def test_too_few_common_rows_close_and_say_how_to_go_on(project, judge, rule):
    project.retrain("split", **{"split.salt": "another"})
    champion = rule(judge(project), "champion")
    assert champion.outcome == "fail"
    assert "are test rows for both models" in champion.why
    assert "gate.champion.reset" in champion.why


def test_another_question_closes(project, judge, rule):
    project.set(**{"table.positive": "no"})
    project.run()
    champion = rule(judge(project), "champion")
    assert champion.outcome == "fail"
    assert "different questions" in champion.why


def test_a_reset_in_this_proposal_gives_the_champion_up_for_a_reason(project, judge, rule):
    project.retrain("split", **{"split.salt": "another", "gate.champion.reset": REASON})
    verdict = judge(project)
    assert rule(verdict, "champion").outcome == "pass"
    assert REASON in rule(verdict, "champion").why
    assert verdict.open, verdict.headline


def test_a_reset_that_main_has_already_is_spent(project, judge, rule):
    project.set(**{"gate.champion.reset": REASON})
    project.git("commit", "-qm", "reset", "params.yaml")
    project.git("branch", "-f", "main", "HEAD")
    project.retrain("split", **{"split.salt": "another"})
    assert rule(judge(project), "champion").outcome == "fail"


def test_a_reset_has_no_say_where_a_comparison_is_possible(project, judge, rule):
    project.set(**{"gate.champion.reset": "I would rather not compare"})
    project.retrain(**{"train.epochs": 1, "train.hidden": [1], "train.learning_rate": 0.00001})
    verdict = judge(project)
    assert rule(verdict, "champion").outcome == "fail"
    assert any("has no say" in note for note in verdict.notes)


@pytest.mark.parametrize("method", ["__init__", "score"])
def test_a_champion_that_no_server_could_serve_has_to_be_given_up(
    project, judge, rule, monkeypatch, method
):
    class Unservable(opponent.Scorer):
        pass

    def refuse(*_):
        raise UserError("Could not find variable")

    setattr(Unservable, method, refuse)
    monkeypatch.setattr(opponent, "Scorer", Unservable)
    project.retrain(**{"train.seed": 42})
    champion = rule(judge(project), "champion")
    assert champion.outcome == "fail"
    assert "Could not find variable" in champion.why
    assert "gate.champion.reset" in champion.why
    project.retrain(**{"gate.champion.reset": "nobody could serve it"})
    assert rule(judge(project), "champion").outcome == "pass"
