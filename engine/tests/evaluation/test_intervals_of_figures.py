import numpy as np
import pytest

from mainline.evaluation.names import names
from mainline.evaluation.rows import Rows
from mainline.evaluation.settings import EvaluationSettings
from mainline.evaluation.tasks.binary import Binary

NAMES = names("binary")
SETTINGS = EvaluationSettings(threshold=0.5, resamples=200)


def sample(seed, rows=600):
    rng = np.random.default_rng(seed)
    scores = rng.beta(1, 3, rows)
    return (rng.uniform(size=rows) < scores).astype(np.int8), scores


def test_every_interval_holds_its_own_value():
    target, scores = sample(0)
    found = Binary().figures(Rows.of(target, np.arange(600)), scores, SETTINGS)
    assert set(NAMES) < set(found)
    assert all(figure.low <= figure.value <= figure.high for figure in found.values())


def test_the_same_rows_give_the_same_intervals():
    target, scores = sample(1)
    rows = Rows.of(target, np.arange(600))
    assert Binary().figures(rows, scores, SETTINGS) == Binary().figures(rows, scores, SETTINGS)


@pytest.mark.parametrize("name", NAMES)
def test_copies_of_rows_within_an_entity_do_not_narrow_an_interval(name):
    target, scores = sample(2)
    entities = np.arange(600)
    once = Binary().figures(Rows.of(target, entities), scores, SETTINGS)[name]
    five = [np.repeat(values, 5) for values in (target, entities, scores)]
    copied = Binary().figures(Rows.of(five[0], five[1]), five[2], SETTINGS)[name]
    naive = Binary().figures(Rows.of(five[0], np.arange(3000)), five[2], SETTINGS)[name]
    assert copied.high - copied.low == pytest.approx(once.high - once.low, rel=0.15)
    assert naive.high - naive.low < 0.7 * (copied.high - copied.low)


def test_brier_interval_covers_the_truth_about_as_often_as_it_says():
    truth = np.mean([p * (1 - p) for p in np.random.default_rng(9).beta(1, 3, 200_000)])
    inside = 0
    for seed in range(100):
        target, scores = sample(seed, rows=300)
        found = Binary().figures(Rows.of(target, np.arange(300)), scores, SETTINGS)["brier"]
        inside += found.low <= truth <= found.high
    assert 87 <= inside <= 100


def test_a_bias_of_nothing_lies_in_its_own_interval():
    """Resampled, its distance from zero is never below zero and nearly always above."""
    target = np.tile([0, 1], 300).astype(np.int8)
    found = Binary().figures(Rows.of(target, np.arange(600)), np.full(600, 0.5), SETTINGS)[
        "mean_bias"
    ]
    assert found.low == found.value == 0 < found.high
