"""Worse inputs, groups and prices: each bar closes on its bad case and on what is unknown."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from arrays import GATE

from mainline.core.table import TableSettings
from mainline.evaluation import threshold
from mainline.evaluation.sections import Asked
from mainline.evaluation.settings import EvaluationSettings
from mainline.gate import costs, fairness, robustness
from mainline.gate.verdict import FAIL, PASS
from mainline.params.gate import GateSettings

TABLE = TableSettings(entity="id", target="y", positive="1", numbers=["x"], categories=["group"])
PRICES = {"false_positive": 1, "false_negative": 8}
OWN = {
    "costs": PRICES,
    "resamples": 100,
    "shuffles": 1,
    "slices": {"group": None},
    "fairness": {"columns": ["group"], "min_rows": 50},
}
RNG = np.random.default_rng(3)
FRAME = pd.DataFrame(
    {
        "id": np.arange(1500).astype(str),
        "x": RNG.normal(size=1500),
        "group": pd.Series(RNG.choice(["a", "b", "c"], 1500), dtype="str"),
    }
)
FRAME["y"] = (RNG.normal(FRAME["x"] - 1.5) > 0).astype(np.int8)


def good(frame):
    return (1 / (1 + np.exp(2 - 1.5 * frame["x"].fillna(0)))).to_numpy()


def candidate(score=good, frame=FRAME, **changed):
    """A model that is what `score` says, on rows that stand for every part of the split."""
    scores = score(frame)
    rows = frame["y"].to_numpy(), scores
    own = threshold.settled(EvaluationSettings.model_validate(OWN | changed), lambda: rows)
    model = SimpleNamespace(
        prepared=lambda rows: lambda changed: score(rows.assign(**changed)), derived=()
    )
    asked = Asked(model, frame, scores, lambda: frame, TABLE)
    return SimpleNamespace(
        table=TABLE,
        evaluation=own,
        asked=asked,
        figures=asked.sections(own),
        validation=lambda: rows,
        rows=asked.rows,
        scores=scores,
    )


def bars(evaluation=OWN, **gate):
    return SimpleNamespace(
        gate=GateSettings.model_validate(GATE | gate),
        evaluation=EvaluationSettings.model_validate(evaluation),
    )


def falls(model, evaluation=OWN, **limits):
    return list(robustness.rules(model, bars(evaluation, robustness=limits)))


def differences(model, evaluation=OWN, **limits):
    return list(fairness.rules(model, bars(evaluation, fairness=limits)))


def outcomes(rules):
    return {rule.name: rule.outcome for rule in rules}


def test_without_bars_and_prices_there_are_no_rules():
    model = candidate()
    assert falls(model) == differences(model) == []
    assert list(costs.rules(model, bars({"threshold": 0.5}))) == []


def test_a_good_model_passes_every_bar():
    model = candidate()
    assert outcomes(falls(model, noise_drop=0.1, missing_drop=0.5, unknown_drop=0.1)) == {
        "noise": PASS,
        "missing": PASS,
        "unknown": PASS,
    }
    found = differences(model, demographic_parity=0.2, equalized_odds=0.5)
    assert outcomes(found) == {"demographic_parity": PASS, "equalized_odds": PASS}
    assert outcomes(costs.rules(model, bars())) == {"cost": PASS}


def test_a_model_that_hangs_on_one_column_closes_and_the_column_is_named():
    (rule,) = falls(candidate(), missing_drop=0.1)
    assert rule.outcome == FAIL
    assert rule.why.startswith("x missing in every row costs 0.3")


def test_a_model_that_noise_breaks_closes_and_the_level_is_named():
    def brittle(frame):
        exact = frame["x"].isin(FRAME["x"])
        return np.where(exact, good(frame), 0.5)

    (rule,) = falls(candidate(brittle), noise_drop=0.1)
    assert rule.outcome == FAIL
    assert rule.why.startswith(("noise of 0.1 standard dev", "noise of 0.3 standard dev"))


def test_a_model_that_a_new_category_breaks_closes():
    def hangs(frame):
        return np.where(frame["group"].isin(["a", "b", "c"]), good(frame), 1 - good(frame))

    assert outcomes(falls(candidate(hangs), unknown_drop=0.1)) == {"unknown": FAIL}


def test_a_model_without_an_answer_to_a_gap_closes():
    def breaks(frame):
        return np.where(frame["x"].isna(), np.nan, good(frame))

    (rule,) = falls(candidate(breaks), missing_drop=0.9)
    assert (rule.outcome, rule.figure) == (FAIL, "none")


def test_the_base_says_how_hard_the_questions_are():
    easy = candidate(robustness={"noise": [0.001]})
    own = OWN | {"robustness": {"noise": [0.001]}}
    assert outcomes(falls(easy, own, noise_drop=0.01)) == {"noise": PASS}
    hard = OWN | {"robustness": {"noise": [3.0]}}
    assert outcomes(falls(easy, hard, noise_drop=0.01)) == {"noise": FAIL}


def test_a_bar_that_nothing_was_measured_for_closes():
    nothing = OWN | {"robustness": {"noise": []}}
    assert outcomes(falls(candidate(), nothing, noise_drop=0.5)) == {"noise": FAIL}


def test_groups_that_are_called_unlike_close():
    def leaning(frame):
        return np.clip(good(frame) + 0.4 * (frame["group"] == "c"), 0, 1)

    found = differences(candidate(leaning), demographic_parity=0.2, equalized_odds=0.2)
    assert outcomes(found) == {"demographic_parity": FAIL, "equalized_odds": FAIL}
    assert "the groups of group differ most" in found[0].why


def test_a_group_of_one_class_closes_the_odds():
    frame = FRAME.assign(y=FRAME["y"].where(FRAME["group"] != "c", 0).astype(np.int8))
    found = differences(candidate(frame=frame), demographic_parity=0.5, equalized_odds=0.9)
    assert outcomes(found) == {"demographic_parity": PASS, "equalized_odds": FAIL}


def test_too_few_groups_to_compare_close():
    few = OWN | {"fairness": {"columns": ["group"], "min_rows": 5000}}
    (rule,) = differences(candidate(), few, demographic_parity=0.5)
    assert rule.outcome == FAIL
    assert "fewer than two groups of 5000 test rows" in rule.why


def test_the_base_says_which_columns_are_compared():
    unfair = candidate(lambda frame: np.clip(good(frame) + 0.4 * (frame["group"] == "c"), 0, 1))
    silent = candidate(
        lambda frame: np.clip(good(frame) + 0.4 * (frame["group"] == "c"), 0, 1), fairness={}
    )
    assert "fairness" not in silent.figures
    for model in (unfair, silent):
        assert outcomes(differences(model, demographic_parity=0.2)) == {"demographic_parity": FAIL}


def test_a_bar_without_a_column_closes():
    none = OWN | {"fairness": {}}
    assert outcomes(differences(candidate(), none, demographic_parity=0.5)) == {
        "demographic_parity": FAIL
    }


def test_a_model_that_saves_nothing_closes():
    def noise(frame):
        return np.random.default_rng(1).uniform(size=len(frame))

    model = candidate(noise)
    model.figures["costs"]["cost"]["value"] = 2.0
    (rule,) = costs.rules(model, bars())
    assert rule.outcome == FAIL
    assert "the model saves nothing" in rule.why


def test_the_bases_prices_are_in_force():
    own = candidate(costs={"false_positive": 1, "false_negative": 1000})
    (rule,) = costs.rules(own, bars())
    same = candidate()
    assert rule.figure == f"{same.figures['costs']['cost']['value']:.4f}"


def test_a_threshold_in_place_of_costs_is_judged_as_it_ships():
    """Main's prices would choose another, and a model is not called by that one."""
    assert outcomes(costs.rules(candidate(costs=None, threshold=0.2), bars())) == {"cost": PASS}
    (rule,) = costs.rules(candidate(costs=None, threshold=0.999), bars())
    assert rule.outcome == FAIL
    assert "the model saves nothing" in rule.why


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_scores_that_are_no_numbers_close_everything(bad):
    model = candidate(lambda frame: np.full(len(frame), bad))
    limits = {"noise_drop": 0.9, "missing_drop": 0.9, "unknown_drop": 0.9}
    found = [
        *falls(model, **limits),
        *differences(model, demographic_parity=0.9, equalized_odds=0.9),
        *costs.rules(model, bars()),
    ]
    assert len(found) == 6
    assert {rule.outcome for rule in found} == {FAIL}


def test_all_equal_scores_are_fair_and_steady_and_worth_nothing():
    model = candidate(lambda frame: np.full(len(frame), 0.4))
    assert outcomes(falls(model, missing_drop=0.01)) == {"missing": PASS}
    assert outcomes(differences(model, equalized_odds=0.01)) == {"equalized_odds": PASS}
    assert model.figures["costs"]["saving"]["value"] == 0


def test_the_champions_threshold_is_priced_beside_the_models_own():
    def at(text):
        git = SimpleNamespace(show=lambda *_: text)
        return SimpleNamespace(git=git, commit="c" * 40)

    model = candidate()
    found = costs.beside(model, at('{"threshold": 0.5}'))["at_champions_threshold"]
    assert found == {"threshold": 0.5, "cost": model.figures["costs"]["at_half"]}
    for text in (None, "", "{}", '{"threshold": null}', "<<<<<<< HEAD"):
        assert costs.beside(model, at(text)) == {}
    assert costs.beside(model, None) == {}
    assert costs.beside(candidate(costs=None, threshold=0.5), at('{"threshold": 0.5}')) == {}
