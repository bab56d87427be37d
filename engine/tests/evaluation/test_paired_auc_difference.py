import numpy as np
import pytest
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score

from mainline.evaluation.interval import Estimate
from mainline.evaluation.rows import Rows
from mainline.evaluation.tasks.binary import Binary


def paired_difference(target, scores, other, clusters, confidence):
    return Binary().difference(Rows(target, clusters), scores, other, confidence)


def sample(seed, rows=5000):
    """Two models that share most of what they know; the first knows a little more."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(0, 1, rows)
    target = (truth + rng.normal(0, 1, rows) > 1).astype(int)
    shared = truth + rng.normal(0, 0.6, rows)
    return target, shared + rng.normal(0, 0.3, rows), shared + rng.normal(0, 0.5, rows)


def test_equal_scores_differ_by_exactly_nothing():
    target, scores, _ = sample(0, 200)
    entities = np.arange(200) // 3
    assert paired_difference(target, scores, scores.copy(), entities, 0.95) == Estimate(0, 0, 0)


def test_swapping_the_models_swaps_the_sign():
    target, scores, other = sample(1, 500)
    entities = np.arange(500) // 2
    forth = paired_difference(target, scores, other, entities, 0.95)
    back = paired_difference(target, other, scores, entities, 0.95)
    assert (forth.value, forth.low, forth.high) == pytest.approx(
        (-back.value, -back.high, -back.low), abs=1e-15
    )


def test_agrees_with_plain_paired_resampling():
    target, scores, other = sample(2)
    found = paired_difference(target, scores, other, np.arange(5000), 0.95)
    value = roc_auc_score(target, scores) - roc_auc_score(target, other)
    assert found.value == pytest.approx(value, abs=1e-12)
    rng = np.random.default_rng(7)
    drawn = []
    for _ in range(600):
        rows = rng.integers(0, 5000, 5000)
        ranks = rankdata([scores[rows], other[rows]], axis=1)
        of_positives = ranks[:, target[rows] == 1]
        pairs = of_positives.shape[1] * (5000 - of_positives.shape[1])
        drawn.append((of_positives[0] - of_positives[1]).sum() / pairs)  # Mann and Whitney
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.0015)


def test_covers_the_true_difference_about_as_often_as_it_says():
    target, scores, other = sample(3, 400_000)
    truth = roc_auc_score(target, scores) - roc_auc_score(target, other)
    found = [
        paired_difference(*sample(seed, 500), np.arange(500), 0.95) for seed in range(100, 300)
    ]
    inside = sum(estimate.low <= truth <= estimate.high for estimate in found)
    assert 180 <= inside <= 199


@pytest.mark.parametrize("spoilt", [np.nan, np.inf])
def test_one_score_that_is_no_number_leaves_no_difference(spoilt):
    target, scores, other = sample(4, 50)
    for pair in ((_spoil(scores, spoilt), other), (scores, _spoil(other, spoilt))):
        found = paired_difference(target, *pair, np.arange(50), 0.95)
        assert np.isnan([found.value, found.low, found.high]).all()


def _spoil(scores, value):
    return np.append(scores[:-1], value)
