"""The champion rule: worse, equal, better; not comparable, given up, out of reach."""

from dataclasses import replace

import pytest

from mainline.core.errors import MainlineError
from mainline.dvc.outputs import OutOfReachError
from mainline.gate import challenge
from mainline.gate.opponent import Common, NotComparableError, Opponent

REASON = "the income column is gone for good"
GONE = Opponent(problem=OutOfReachError("its bytes are neither here nor there."))
OTHER_ROWS = Opponent(problem=NotComparableError("only 3 rows are test rows for both models."))
BOTH = pytest.mark.parametrize("in_ci", [True, False])


@pytest.fixture
def against(candidates, champion, bars):
    """The rule for the model of one state; the champion scores as the model of another."""

    def call(ours, theirs, *, retrain=False, in_ci=True, reset=None, champion=champion):
        candidate = candidates(ours)
        opponent = theirs
        if not isinstance(theirs, Opponent):
            rows, scores = candidate.test, candidates(theirs).scores
            opponent = Opponent(common=Common(rows, rows, candidate.scores, scores, "the same"))
        asked = replace(bars, reset=reset)
        return challenge.judge(candidate, champion, opponent, asked, retrain=retrain, in_ci=in_ci)

    return call


def test_a_worse_model_closes_whatever_reason_it_gives(against):
    rule, _ = against("loosened", "champion", reset=REASON)
    assert rule.outcome == "fail"
    assert "may be worse by" in rule.why
    assert "DeLong" in rule.why
    assert "worse than the model on main by 0." in rule.said


def test_a_model_within_the_margin_passes_and_is_no_better_retrain(against):
    rule, about = against("second", "champion")
    assert (rule.outcome, rule.margin) == ("pass", "0.03")
    assert about["paired"] is True
    rule, _ = against("champion", "champion", retrain=True)
    assert rule.outcome == "fail"
    assert "must be better" in rule.why


def test_a_better_model_opens_even_for_a_retrain(against):
    rule, about = against("champion", "loosened", retrain=True)
    assert (rule.outcome, rule.bar) == ("pass", "> 0")
    assert about["difference"]["low"] > 0


def test_a_difference_without_an_interval_closes_and_says_why(against, monkeypatch):
    compared = challenge.compare

    def alone(*given):
        found = compared(*given)
        return replace(found, difference=replace(found.difference, low=float("nan")))

    monkeypatch.setattr(challenge, "compare", alone)
    rule, _ = against("second", "champion")
    assert (rule.outcome, rule.figure) == ("fail", "none")
    assert "a class has only one entity" in rule.why


@BOTH
@pytest.mark.parametrize("problem", [None, ZeroDivisionError("hostile"), MainlineError("damaged")])
def test_what_breaks_off_or_is_damaged_closes_everywhere(against, problem, in_ci):
    rule, _ = against("second", Opponent(problem=problem), reset=REASON, in_ci=in_ci)
    assert rule.outcome == "fail"


@BOTH
def test_a_champion_that_cannot_be_compared_with_has_to_be_given_up(against, in_ci):
    rule, about = against("second", OTHER_ROWS, in_ci=in_ci)
    assert (rule.outcome, about) == ("fail", None)
    assert "only 3 rows" in rule.why
    assert "gate.champion.reset" in rule.why
    rule, about = against("second", OTHER_ROWS, in_ci=in_ci, reset=REASON)
    assert (rule.outcome, rule.bar, about) == ("pass", "given up", None)
    assert REASON in rule.why


@pytest.mark.parametrize("reset", [None, "no remote"])
def test_out_of_reach_closes_in_ci_and_no_reason_helps(against, reset):
    rule, about = against("second", GONE, reset=reset)
    assert (rule.outcome, about) == ("fail", None)
    assert "neither here nor there" in rule.why


def test_out_of_reach_on_a_laptop_its_recorded_figures_stand_in(against):
    rule, about = against("second", GONE, in_ci=False)
    assert rule.outcome == "pass"
    assert "recorded figures are used" in rule.why
    assert about["paired"] is False
    assert against("loosened", GONE, in_ci=False)[0].outcome == "fail"
    rule, _ = against("second", GONE, in_ci=False, retrain=True)
    assert rule.outcome == "fail"
    assert "cannot show that a retrain is better" in rule.why


@pytest.mark.parametrize(
    ("figures", "why"),
    [
        (
            MainlineError("metrics/evaluation.json is not in c0ffee."),
            "figures cannot be read either",
        ),
        ({"roc_auc": {"value": "high"}}, "cannot be used instead"),
    ],
)
def test_without_recorded_figures_a_laptop_closes_too(against, champion, monkeypatch, figures, why):
    def recorded(_):
        if isinstance(figures, Exception):
            raise figures
        return figures

    monkeypatch.setattr(type(champion), "figures", recorded)
    rule, _ = against("second", GONE, in_ci=False)
    assert rule.outcome == "fail"
    assert why in rule.why


@pytest.mark.parametrize("reset", [None, "another question"])
def test_figures_of_another_question_are_not_compared(against, champion, monkeypatch, reset):
    """A laptop does not open what CI is going to close, whatever the reset says."""
    settings = type(champion).settings

    def other(self, section, kind):
        return settings(self, section, kind).model_copy(update={"positive": "no"})

    monkeypatch.setattr(type(champion), "settings", other)
    rule, _ = against("second", GONE, in_ci=False, reset=reset)
    assert rule.outcome == "fail"
    assert "the two models answer different questions" in rule.why
