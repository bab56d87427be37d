"""What calls cost on rows: the sum that a person would add up, and its interval."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from mainline.evaluation import costs
from mainline.evaluation.rows import Rows
from mainline.evaluation.settings import CostSettings, EvaluationSettings

PRICES = CostSettings(false_positive=1, false_negative=8, true_positive=0.5, true_negative=-0.1)
SETTINGS = EvaluationSettings(resamples=200, costs=PRICES)
RNG = np.random.default_rng(5)
SCORES = RNG.beta(1, 6, 2000)
TARGET = (RNG.uniform(size=2000) < SCORES).astype(np.int8)
ROWS = Rows.of(TARGET, np.arange(2000))


def section(scores=SCORES, threshold=0.15, rows=ROWS):
    return costs.section(rows, scores, threshold, PRICES, SETTINGS)


def by_hand(threshold):
    called = np.greater_equal(SCORES, threshold)
    (tn, fp), (fn, tp) = confusion_matrix(TARGET, called)
    return (1 * fp + 8 * fn + 0.5 * tp - 0.1 * tn) / 2000


def test_every_figure_is_the_sum_of_its_rows():
    found = section()
    assert found["cost"]["value"] == pytest.approx(by_hand(0.15), abs=1e-6)
    assert found["nobody"] == pytest.approx(by_hand(np.inf), abs=1e-6)
    assert found["everybody"] == pytest.approx(by_hand(-np.inf), abs=1e-6)
    assert found["at_half"] == pytest.approx(by_hand(0.5), abs=1e-6)
    saving = min(found["nobody"], found["everybody"]) - found["cost"]["value"]
    assert found["saving"]["value"] == pytest.approx(saving, abs=2e-6)


def test_intervals_hold_their_value_and_narrow_with_rows():
    few, four = section(), Rows.of(np.tile(TARGET, 4), np.arange(8000))
    many = section(np.tile(SCORES, 4), rows=four)
    for name in ("cost", "saving"):
        assert few[name]["low"] < few[name]["value"] < few[name]["high"]
        wide, narrow = (each[name]["high"] - each[name]["low"] for each in (few, many))
        assert narrow == pytest.approx(wide / 2, rel=0.25)


def test_scores_without_a_message_save_nothing():
    noise = RNG.uniform(size=2000)
    assert section(noise)["saving"]["value"] < 0
    assert section(np.full(2000, 0.5))["saving"]["value"] <= 0


@pytest.mark.parametrize(
    ("scores", "threshold"),
    [(np.full(2000, np.nan), 0.5), (SCORES, float("nan"))],
    ids=["scores that are no numbers", "no threshold"],
)
def test_no_cost_without_scores_and_threshold(scores, threshold):
    found = section(scores, threshold)
    assert found["cost"] == found["saving"] == {"value": None, "low": None, "high": None}
    assert (found["nobody"], found["everybody"], found["at_half"]) == (None, None, None)


def test_no_rows_have_no_cost():
    empty = Rows(np.zeros(0, np.int8), np.zeros(0, int))
    assert section(np.zeros(0), rows=empty)["cost"]["value"] is None
