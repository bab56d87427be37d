"""The threshold that costs choose: the cheapest of all, the same every time, and readable."""

import numpy as np
import pytest

from mainline.core.config import parse
from mainline.core.errors import MainlineError
from mainline.evaluation.settings import CostSettings, EvaluationSettings
from mainline.evaluation.threshold import NOBODY, choose, settled

COSTS = CostSettings(false_positive=1, false_negative=8)
RNG = np.random.default_rng(4)
SCORES = RNG.beta(1, 6, 3000)
TARGET = (RNG.uniform(size=3000) < SCORES).astype(np.int8)


def price(target, scores, threshold, costs=COSTS):
    called, positive = scores >= threshold, target == 1
    return (
        costs.true_positive * (called & positive).sum()
        + costs.false_positive * (called & ~positive).sum()
        + costs.false_negative * (~called & positive).sum()
        + costs.true_negative * (~called & ~positive).sum()
    )


@pytest.mark.parametrize("digits", [1, 2, 16], ids=["many ties", "some ties", "all distinct"])
@pytest.mark.parametrize(
    "costs",
    [
        COSTS,
        CostSettings(false_positive=30, false_negative=100, true_positive=-20),
        CostSettings(false_positive=0.5, false_negative=0.7, true_negative=-0.1),
    ],
)
def test_no_threshold_is_cheaper(costs, digits):
    scores = SCORES.round(digits)
    found = choose(TARGET, scores, costs)
    tried = [price(TARGET, scores, each, costs) for each in [*np.unique(scores), NOBODY]]
    assert price(TARGET, scores, found, costs) == pytest.approx(min(tried), abs=1e-9)


def test_calibrated_scores_are_called_from_the_share_that_costs_imply():
    many = RNG.beta(1, 6, 400_000)
    target = (RNG.uniform(size=len(many)) < many).astype(np.int8)
    assert choose(target, many, COSTS) == pytest.approx(1 / 9, abs=0.02)


def test_of_equally_cheap_thresholds_the_highest_is_taken():
    target, scores = np.array([0, 1, 0, 0, 1]), np.array([0.1, 0.2, 0.3, 0.4, 0.9])
    even = CostSettings(false_positive=1, false_negative=2)
    assert price(target, scores, 0.2, even) == price(target, scores, 0.9, even) == 2
    assert choose(target, scores, even) == 0.7


def test_the_number_is_the_shortest_that_divides_the_rows_in_this_way():
    target = np.array([0, 0, 1, 1])
    assert choose(target, np.array([0.1, 0.12341, 0.12349, 0.9]), COSTS) == 0.12345
    assert choose(target, np.array([0.1, 0.2, 0.8, 0.9]), COSTS) == 0.5
    close = np.nextafter(0.3, 1)
    assert choose(target, np.array([0.1, 0.3, close, 0.9]), COSTS) == close


def test_scores_that_move_by_a_digit_of_float32_keep_the_threshold():
    moved = SCORES + RNG.uniform(-1e-8, 1e-8, len(SCORES))
    assert choose(TARGET, moved, COSTS) == choose(TARGET, SCORES, COSTS)


def test_a_wish_counts_when_it_is_as_good_and_only_then():
    best = choose(TARGET, SCORES, COSTS)
    near, far = best + 1e-6, 0.6
    assert choose(TARGET, SCORES, COSTS, wish=near, tolerance=5e-4) == near
    assert choose(TARGET, SCORES, COSTS, wish=far, tolerance=5e-4) == best
    assert choose(TARGET, SCORES, COSTS, wish=float("nan"), tolerance=5e-4) == best


def test_calling_nobody_or_everybody_may_be_cheapest():
    dear_calls = CostSettings(false_positive=1000, false_negative=1)
    nobody = choose(TARGET, 1 - SCORES, dear_calls)
    assert nobody > (1 - SCORES).max()
    certain = np.where(TARGET == 1, 0.2, 1.0)
    assert choose(TARGET, certain, dear_calls) == NOBODY
    assert choose(TARGET, SCORES, CostSettings(false_positive=1, false_negative=1e6)) <= min(
        SCORES[TARGET == 1]
    )
    everybody = choose(
        TARGET, np.full(3000, 0.4), CostSettings(false_positive=1, false_negative=99)
    )
    assert everybody == 0


def test_all_equal_scores_leave_all_or_nothing():
    found = choose(TARGET, np.full(3000, 0.4), CostSettings(false_positive=1, false_negative=2))
    assert found > 0.4


@pytest.mark.parametrize(
    ("target", "scores"),
    [
        ([0, 1], [0.1, np.nan]),
        ([0, 1], [0.1, np.inf]),
        ([1, 1], [0.1, 0.2]),
        ([0, 0], [0.1, 0.2]),
        ([], []),
    ],
)
def test_rows_that_say_nothing_choose_nothing(target, scores):
    rows = np.array(target, np.int8), np.array(scores, float)
    assert np.isnan(choose(*rows, COSTS))
    settings = EvaluationSettings(costs=COSTS)
    assert settled(settings, lambda: rows).threshold is None


def test_a_fixed_threshold_asks_for_no_validation_rows():
    fixed = EvaluationSettings(threshold=0.3)
    assert settled(fixed, lambda: pytest.fail("asked")) is fixed
    chosen = settled(EvaluationSettings(costs=COSTS), lambda: (TARGET, SCORES))
    assert chosen.threshold == choose(TARGET, SCORES, COSTS)


@pytest.mark.parametrize(
    ("costs", "said"),
    [
        ({"false_positive": 0, "false_negative": 0}, "false_positive (0) must cost more"),
        ({"false_positive": 1, "false_negative": 0}, "false_negative (0) must cost more than"),
        (
            {"false_positive": 1, "false_negative": 5, "true_positive": 5},
            "false_negative (5) must cost more than true_positive (5)",
        ),
        ({"false_positive": 1}, "'costs.false_negative' is missing"),
        ({"false_positive": 1, "false_negativ": 5}, "did you mean 'costs.false_negative'?"),
    ],
)
def test_costs_that_decide_nothing_are_refused(costs, said):
    with pytest.raises(MainlineError) as error:
        parse(EvaluationSettings, {"costs": costs}, name="params.yaml")
    assert said in str(error.value)


def test_a_binary_task_is_given_costs_or_a_threshold_and_no_other_task_is():
    costs, fixed = EvaluationSettings(costs=COSTS), EvaluationSettings(threshold=0.3)
    assert costs.misfit("binary") == fixed.misfit("binary") == ""
    assert "'evaluation.costs' chooses it" in EvaluationSettings().misfit("binary")
    assert "'evaluation.costs' belongs to a binary task" in costs.misfit("regression")
    assert EvaluationSettings().misfit("multiclass") == ""
    with pytest.raises(MainlineError, match=r"both given\. Costs choose the threshold"):
        parse(EvaluationSettings, {"threshold": 0.3, "costs": dict(COSTS)}, name="params.yaml")
