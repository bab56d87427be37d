import json

import pytest

from mainline.core.layout import Layout
from mainline.evaluation.interval import Estimate
from mainline.gate import gate
from mainline.gate.comparison import worse
from mainline.gate.verdict import Rule, Verdict, table
from repository import repository


def test_a_verdict_without_rules_is_closed():
    assert not Verdict("proposal", "", []).open


def test_one_failed_rule_closes_and_is_named():
    rules = [Rule.judged("size", True, ""), Rule.judged("bytes", False, "no")]
    verdict = Verdict("same", "", rules)
    assert not verdict.open
    assert verdict.headline == "The gate is closed: bytes."


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.001, 0.01, "better than the model on main"),
        (0.0, 0.0, "no difference from"),
        (0.0, 0.01, "not worse than the model on main, within the margin"),
        (-0.005, 0.01, "not worse than the model on main, within the margin"),
    ],
)
def test_the_headline_says_how_it_stands_against_the_champion(low, high, said):
    difference = {"value": (low + high) / 2, "low": low, "high": high}
    champion = {"difference": difference, "paired": True}
    rules = [Rule.judged("champion", True, "")]
    assert said in Verdict("proposal", "", rules, champion=champion).headline


def test_a_model_that_is_surely_worse_is_called_so_in_the_headline():
    found = Estimate(-0.0027, -0.004, -0.0014)
    said = worse(found, "the model on main", "0.01")
    champion = {"difference": found.rounded(), "paired": True}
    rules = [Rule.judged("champion", True, "", said=said)]
    headline = Verdict("proposal", "", rules, champion=champion).headline
    expected = "worse than the model on main by 0.0027, allowed up to 0.01"
    assert headline == f"The gate is open: {expected}."
    assert worse(Estimate(-0.0027, -0.006, 0.0), "main's", "0.01") == ""
    assert worse(Estimate.none(), "main's", "0.01") == ""
    assert worse(found, "main's", "").endswith(", a retrain must be better")


def test_a_champion_that_was_given_up_is_not_beaten():
    rules = [Rule.judged("champion", True, "")]
    assert "given up" in Verdict("proposal", "", rules, champion={}).headline


def test_what_only_opens_here_promises_nothing_for_ci():
    rules = [Rule.judged("champion", True, "")]
    verdict = Verdict("proposal", "", rules, champion={"paired": False, "difference": None})
    assert verdict.here_alone
    assert "CI will close it" in verdict.headline


def test_a_judgement_that_breaks_off_leaves_no_older_verdict(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(gate, "decide", lambda *_, **__: Verdict("same", "", [], ["a note"]))
    gate.run(tmp_path)
    assert "note: a note" in capsys.readouterr().out
    assert Layout(tmp_path).verdict.exists()
    monkeypatch.setattr(gate, "decide", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        gate.run(tmp_path, in_ci=True)
    assert not Layout(tmp_path).verdict.exists()


@pytest.mark.parametrize(
    ("branch", "asked", "better"),
    [
        ("retrain/july", False, True),
        ("retrained", False, False),
        ("my/retrain/july", False, False),
        ("mine", True, True),
    ],
)
def test_the_name_of_a_branch_may_ask_for_a_better_model(
    tmp_path, monkeypatch, branch, asked, better
):
    repository(tmp_path).run("switch", "-q", "-c", branch)
    said = []

    def decide(*_, retrain, **__):
        said.append(retrain)
        return Verdict("same", "", [])

    monkeypatch.setattr(gate, "decide", decide)
    gate.run(tmp_path, retrain=asked)
    assert said == [better]


def test_what_cannot_be_judged_is_a_closed_gate(tmp_path):
    assert not gate.run(tmp_path, in_ci=True).open
    assert (
        "not a git repository"
        in json.loads((Layout(tmp_path).verdict).read_text())["rules"][0]["why"]
    )


def test_only_a_plain_true_passes():
    assert Rule.judged("x", None, "").outcome == "fail"  # type: ignore[arg-type]
    assert Rule.judged("x", float("nan"), "").outcome == "fail"  # type: ignore[arg-type]


def test_json_begins_with_the_answer():
    value = Verdict("first", "", [Rule.judged("size", True, "fits")]).to_json()
    assert list(value)[:2] == ["open", "headline"]
    assert json.loads(json.dumps(value))["open"] is True


def test_the_table_shows_every_rule_with_its_reason():
    rule = Rule.judged("roc_auc", False, "0.5 is not >= 0.7.", figure="0.5", bar=">= 0.7")
    text = table([rule])
    for part in ("rule", "roc_auc", "0.5", ">= 0.7", "fail", "is not"):
        assert part in text
