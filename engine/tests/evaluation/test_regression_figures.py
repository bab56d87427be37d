"""Regression: figures as scikit-learn computes them, intervals as resampling finds them."""

import numpy as np
import pytest
from plain_resampling import resampled
from sklearn import metrics as sk

from mainline.evaluation.interval import Estimate
from mainline.evaluation.names import names
from mainline.evaluation.rows import Rows
from mainline.evaluation.settings import EvaluationSettings
from mainline.evaluation.tasks.regression import Median, Regression
from mainline.gate.differences import TOLERANCE

TASK = Regression()
SETTINGS = EvaluationSettings(resamples=200)


def sample(seed, rows=1500, noise=0.7):
    """A skewed target, and scores whose errors grow with it."""
    rng = np.random.default_rng(seed)
    known = rng.gamma(2.0, 1.0, rows)
    target = known * np.exp(rng.normal(0, 0.3, rows))
    return target, known + rng.normal(0, noise, rows) * np.sqrt(known)


@pytest.mark.parametrize("scale", [1.0, 1e6, 1e-6])
def test_figures_equal_scikit_learns(scale):
    target, scores = (scale * part for part in sample(0))
    found = TASK.figures(Rows.of(target, np.arange(1500)), scores, SETTINGS)
    assert set(found) == set(names("regression"))
    expected = {
        "r2": sk.r2_score(target, scores),
        "rmse": sk.root_mean_squared_error(target, scores),
        "mae": sk.mean_absolute_error(target, scores),
        "median_absolute_error": sk.median_absolute_error(target, scores),
        "mean_bias": abs((scores - target).mean()),
    }
    assert {name: figure.value for name, figure in found.items()} == pytest.approx(
        expected, rel=1e-9
    )
    assert all(figure.low <= figure.value <= figure.high for figure in found.values())
    shown = TASK.plain(found)["rmse"]["value"]
    assert shown == pytest.approx(expected["rmse"], rel=1e-6)  # whatever the unit's size


def test_the_weighted_median_is_that_of_the_rows_repeated():
    rng = np.random.default_rng(1)
    for count in (1, 2, 7, 50):
        values, weights = rng.normal(size=count), rng.integers(0, 3, count)
        weights[0] += 1
        assert Median(values)(weights) == np.median(np.repeat(values, weights))


@pytest.mark.parametrize("each", [1, 3])
def test_the_interval_agrees_with_plain_resampling_of_entities(each):
    target, scores = (np.repeat(part, each) for part in sample(2))
    entities = np.arange(len(target)) // each
    found = TASK.lead(Rows.of(target, entities), scores, 0.95)
    low, high = resampled(lambda rows: sk.r2_score(target[rows], scores[rows]), entities)
    assert high - low == pytest.approx(found.high - found.low, rel=0.12)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.02)


def test_the_paired_difference_agrees_with_plain_resampling():
    target, scores = sample(3)
    other = scores + np.random.default_rng(4).normal(0, 0.5, 1500)
    rows = Rows.of(target, np.arange(1500))
    found = TASK.difference(rows, scores, other, 0.95)
    difference = sk.r2_score(target, scores) - sk.r2_score(target, other)
    assert found.value == pytest.approx(difference)
    low, high = resampled(
        lambda rows: (
            sk.r2_score(target[rows], scores[rows]) - sk.r2_score(target[rows], other[rows])
        ),
        np.arange(1500),
    )
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.01)
    back = TASK.difference(rows, other, scores, 0.95)
    assert (back.low, back.high) == pytest.approx((-found.high, -found.low))
    assert TASK.difference(rows, scores, scores.copy(), 0.95) == Estimate(0, 0, 0)


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    truth = sk.r2_score(*sample(5, rows=400_000))
    found = [
        TASK.lead(Rows.of(target, np.arange(1000)), scores, 0.95)
        for target, scores in (sample(seed, rows=1000) for seed in range(100, 300))
    ]
    assert 180 <= sum(estimate.low <= truth <= estimate.high for estimate in found) <= 199


def test_what_counts_as_rounding_follows_the_spread_and_not_the_mean():
    """Else a committed RMSE of 0 would pass beside an amount of a million."""
    target = np.random.default_rng(1).normal(1e6, 1e3, 5_000)
    assert TASK.size(target) * TOLERANCE == pytest.approx(1.5, rel=0.02)
    assert TASK.size(target - 1e6) * TOLERANCE == pytest.approx(0.5, rel=0.02)
