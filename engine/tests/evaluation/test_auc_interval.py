"""The interval of one ROC AUC: DeLong's for one row an entity, wider when entities repeat."""

import numpy as np
import pytest
from scipy.stats import norm, rankdata

from mainline.evaluation.rows import Rows
from mainline.evaluation.tasks.binary import Binary


def roc_auc(target, scores, clusters, confidence):
    return Binary().lead(Rows(target, clusters), scores, confidence)


def sample(seed, positives=25, negatives=70, ties=False):
    rng = np.random.default_rng(seed)
    scores = np.concatenate([rng.normal(1, 1, positives), rng.normal(0, 1, negatives)])
    target = np.repeat([1, 0], [positives, negatives])
    return target, scores.round(1) if ties else scores


def delong(target, scores):
    """DeLong, DeLong and Clarke-Pearson (1988), as the paper writes it: every pair compared."""
    above, below = scores[target == 1], scores[target == 0]
    pairs = np.array([[1.0 if a > b else 0.5 if a == b else 0.0 for b in below] for a in above])
    by_positive, by_negative = pairs.mean(axis=1), pairs.mean(axis=0)
    variance = by_positive.var(ddof=1) / len(above) + by_negative.var(ddof=1) / len(below)
    return pairs.mean(), np.sqrt(variance)


def mann_whitney(target, scores):
    positives, negatives = (target == 1).sum(), (target == 0).sum()
    excess = rankdata(scores)[target == 1].sum() - positives * (positives + 1) / 2
    return excess / (positives * negatives)


@pytest.mark.parametrize("ties", [False, True])
def test_one_row_an_entity_gives_delongs_interval(ties):
    target, scores = sample(4, ties=ties)
    value, error = delong(target, scores)
    found = roc_auc(target, scores, np.arange(len(target)), 0.9)
    reach = norm.ppf(0.95) * error
    assert (found.value, found.low, found.high) == pytest.approx(
        (value, value - reach, value + reach), abs=1e-12
    )


def test_copies_of_a_row_are_no_new_evidence():
    target, scores = sample(5, 100, 300)
    once = roc_auc(target, scores, np.arange(400), 0.95)
    target, scores, entities = (np.repeat(part, 4) for part in (target, scores, np.arange(400)))
    copied = roc_auc(target, scores, entities, 0.95)
    naive = roc_auc(target, scores, np.arange(1600), 0.95)
    assert copied.high - copied.low == pytest.approx(once.high - once.low, rel=0.01)
    assert copied.high - copied.low > 1.8 * (naive.high - naive.low)


def test_agrees_with_plain_resampling_of_entities():
    rng = np.random.default_rng(6)
    entities = np.repeat(np.arange(250), 4)
    leaning = rng.normal(0, 1, 250)[entities]  # what an entity's rows have in common
    target = (rng.normal(leaning - 0.7, 1) > 0).astype(int)
    scores = leaning + rng.normal(0, 1, 1000)
    found = roc_auc(target, scores, entities, 0.95)
    drawn = []
    for _ in range(1500):
        rows = (4 * rng.integers(0, 250, 250)[:, np.newaxis] + np.arange(4)).ravel()
        drawn.append(mann_whitney(target[rows], scores[rows]))
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert found.high - found.low == pytest.approx(high - low, rel=0.08)
    assert found.low == pytest.approx(low, abs=0.008)


def test_a_class_seen_in_one_entity_gives_a_value_without_interval():
    found = roc_auc(
        np.array([1, 1, 0, 0]), np.array([0.9, 0.4, 0.5, 0.1]), np.array([0, 0, 1, 2]), 0.95
    )
    assert found.value == 0.75
    assert np.isnan([found.low, found.high]).all()
    assert found.rounded() == {"value": 0.75, "low": None, "high": None}
