"""Rates of groups and their differences: fairlearn's, with intervals like its own bootstrap's."""

import numpy as np
import pytest
from fairlearn import metrics as fl

from mainline.core.config import parse
from mainline.core.errors import MainlineError
from mainline.evaluation import fairness, rates
from mainline.evaluation.rows import Rows
from mainline.evaluation.settings import EvaluationSettings, FairnessSettings

RNG = np.random.default_rng(6)
GROUP = RNG.choice(["a", "b", "c"], 3000, p=[0.5, 0.4, 0.1])
LEANING = 0.1 * (GROUP == "b") - 0.1 * (GROUP == "c")
SCORES = np.clip(RNG.beta(2, 4, 3000) + LEANING, 0, 1)
TARGET = (RNG.uniform(size=3000) < SCORES).astype(np.int8)
ROWS = Rows.of(TARGET, np.arange(3000))
THEIRS = {
    "selection_rate": fl.selection_rate,
    "true_positive_rate": fl.true_positive_rate,
    "false_positive_rate": fl.false_positive_rate,
}


def masks(group=GROUP):
    return {str(name): group == name for name in np.unique(group)}


def settings(min_rows=100, resamples=1000):
    fair = FairnessSettings(min_rows=min_rows)
    return EvaluationSettings(resamples=resamples, fairness=fair)


def section(scores=SCORES, group=GROUP, kind=None, rows=ROWS, **changed):
    kind = rates.called(0.4) if kind is None else kind
    return fairness.section(rows, scores, masks(group), kind, settings(**changed))


def test_points_are_fairlearns():
    found = section(resamples=100)
    called = SCORES >= 0.4
    frame = fl.MetricFrame(metrics=THEIRS, y_true=TARGET, y_pred=called, sensitive_features=GROUP)
    for name, group in found["groups"].items():
        for rate in THEIRS:
            assert group[rate]["value"] == pytest.approx(frame.by_group[rate][name], abs=1e-6)
    parity = fl.demographic_parity_difference(TARGET, called, sensitive_features=GROUP)
    odds = fl.equalized_odds_difference(TARGET, called, sensitive_features=GROUP)
    assert found["differences"]["demographic_parity"]["value"] == pytest.approx(parity, abs=1e-6)
    assert found["differences"]["equalized_odds"]["value"] == pytest.approx(odds, abs=1e-6)


@pytest.mark.nightly
def test_intervals_agree_with_fairlearns_bootstrap():
    found = section()
    frame = fl.MetricFrame(
        metrics=THEIRS,
        y_true=TARGET,
        y_pred=SCORES >= 0.4,
        sensitive_features=GROUP,
        n_boot=400,
        ci_quantiles=[0.025, 0.975],
        random_state=1,
    )
    low, high = frame.by_group_ci
    for name, group in found["groups"].items():
        for rate in THEIRS:
            width = high[rate][name] - low[rate][name]
            assert group[rate]["low"] == pytest.approx(low[rate][name], abs=0.15 * width)
            assert group[rate]["high"] == pytest.approx(high[rate][name], abs=0.15 * width)
    low, high = frame.difference_ci(method="between_groups")
    parity = found["differences"]["demographic_parity"]
    width = high["selection_rate"] - low["selection_rate"]
    assert parity["low"] == pytest.approx(low["selection_rate"], abs=0.15 * width)
    assert parity["high"] == pytest.approx(high["selection_rate"], abs=0.15 * width)


def test_rows_of_one_entity_are_no_new_evidence():
    once = section()["differences"]["demographic_parity"]
    thrice = Rows.of(np.tile(TARGET, 3), np.tile(np.arange(3000), 3))
    copied = section(np.tile(SCORES, 3), np.tile(GROUP, 3), rows=thrice)["differences"]
    assert copied["demographic_parity"] == once


def test_a_small_group_is_shown_but_not_compared():
    whole, without = section(min_rows=1), section(min_rows=1000)
    assert [group["judged"] for group in without["groups"].values()] == [True, True, False]
    assert without["groups"]["c"]["selection_rate"] == whole["groups"]["c"]["selection_rate"]
    pair = np.isin(GROUP, ["a", "b"])
    parity = fl.demographic_parity_difference(
        TARGET[pair], SCORES[pair] >= 0.4, sensitive_features=GROUP[pair]
    )
    value = without["differences"]["demographic_parity"]["value"]
    assert value == pytest.approx(parity, abs=1e-6)
    assert value != whole["differences"]["demographic_parity"]["value"]


def unknown(difference):
    return difference == {"value": None, "low": None, "high": None}


def test_a_group_of_one_class_leaves_the_odds_unknown_and_not_fair():
    target = np.where(GROUP == "c", 0, TARGET)
    found = section(rows=Rows.of(target, np.arange(3000)))
    assert found["groups"]["c"]["true_positive_rate"]["value"] is None
    assert found["groups"]["c"]["false_positive_rate"]["value"] is not None
    assert unknown(found["differences"]["equalized_odds"])
    assert found["differences"]["demographic_parity"]["value"] > 0


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"group": np.full(3000, "a")}, "one group"),
        ({"min_rows": 5000}, "no group that is large enough"),
        ({"scores": np.full(3000, np.nan)}, "scores that are no numbers"),
        ({"kind": rates.called(np.nan)}, "no threshold"),
    ],
)
def test_no_difference_where_nothing_can_be_compared(changed, why):
    found = section(resamples=100, **changed)
    assert all(unknown(each) for each in found["differences"].values()), why


def test_an_empty_group_has_no_rates_and_is_not_compared():
    groups = masks() | {"d": np.zeros(3000, dtype=bool)}
    found = fairness.section(ROWS, SCORES, groups, rates.called(0.4), settings(resamples=100))
    assert (found["groups"]["d"]["rows"], found["groups"]["d"]["judged"]) == (0, False)
    assert unknown(found["groups"]["d"]["selection_rate"])
    assert found["differences"]["demographic_parity"]["value"] is not None


def test_equal_scores_treat_everybody_alike():
    differences = section(np.full(3000, 0.7), resamples=100)["differences"]
    assert {each["value"] for each in differences.values()} == {0.0}


def test_classes_are_compared_by_accuracy():
    scores = RNG.dirichlet(np.ones(3), 3000)
    target = RNG.integers(0, 3, 3000)
    right = scores.argmax(axis=1) == target
    rows = Rows.of(target, np.arange(3000))
    found = section(scores, kind=rates.right(), rows=rows, resamples=100)
    means = [right[mask].mean() for mask in masks().values()]
    assert [group["accuracy"]["value"] for group in found["groups"].values()] == pytest.approx(
        means, abs=1e-6
    )
    assert found["differences"]["accuracy"]["value"] == pytest.approx(np.ptp(means), abs=1e-6)


def test_amounts_are_compared_by_mean_error_in_deviations():
    target = RNG.normal(50, 10, 3000)
    scores = target + np.where(GROUP == "b", 5.0, 0.0)
    rows = Rows.of(target, np.arange(3000))
    found = section(scores, kind=rates.leaning(10.0), rows=rows, resamples=100)
    assert found["groups"]["b"]["mean_error"]["value"] == pytest.approx(0.5, abs=1e-6)
    assert found["differences"]["mean_error"]["value"] == pytest.approx(0.5, abs=1e-6)
    constant = section(scores, kind=rates.leaning(0.0), rows=rows, resamples=100)
    assert unknown(constant["differences"]["mean_error"])


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (["gendr"], "'gendr' is not a key of `slices`; did you mean 'gender'?"),
        (["gender", "gender"], "names 'gender' twice"),
    ],
)
def test_columns_that_are_no_slices_are_refused(columns, said):
    values = {"slices": {"gender": None, "age": [30.0]}, "fairness": {"columns": columns}}
    with pytest.raises(MainlineError) as error:
        parse(EvaluationSettings, values, name="params.yaml")
    assert said in str(error.value)
