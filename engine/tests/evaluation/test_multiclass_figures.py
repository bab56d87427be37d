"""Multiclass: figures as scikit-learn computes them, intervals as resampling finds them."""

import numpy as np
import pytest
from plain_resampling import resampled
from sklearn import metrics as sk

from mainline.evaluation.interval import Estimate
from mainline.evaluation.names import names
from mainline.evaluation.rows import Rows
from mainline.evaluation.settings import EvaluationSettings
from mainline.evaluation.tasks.multiclass import Multiclass

TASK = Multiclass(["a", "b", "c"])
SETTINGS = EvaluationSettings(resamples=200)


def sample(seed, rows=900, noise=1.0):
    """Three unequal classes and scores that know something about them."""
    rng = np.random.default_rng(seed)
    target = rng.choice(3, rows, p=[0.6, 0.3, 0.1]).astype(np.int16)
    known = np.eye(3)[target] + rng.normal(0, noise, (rows, 3))
    return target, softmax(known)


def softmax(values):
    parts = np.exp(values)
    return parts / parts.sum(axis=1, keepdims=True)


def auc(target, scores):
    return sk.roc_auc_score(target, scores, multi_class="ovr", average="macro")


def test_figures_equal_scikit_learns():
    target, scores = sample(0)
    found = TASK.figures(Rows.of(target, np.arange(900)), scores, SETTINGS)
    called = scores.argmax(axis=1)
    assert set(found) == set(names("multiclass"))
    assert found["macro_roc_auc"].value == pytest.approx(auc(target, scores))
    assert found["log_loss"].value == pytest.approx(sk.log_loss(target, scores))
    assert found["accuracy"].value == pytest.approx(sk.accuracy_score(target, called))
    macro = sk.f1_score(target, called, average="macro")
    assert found["macro_f1"].value == pytest.approx(macro)
    brier = sk.brier_score_loss(target, scores, scale_by_half=False)
    assert found["brier"].value == pytest.approx(brier)
    assert all(figure.low <= figure.value <= figure.high for figure in found.values())


def test_a_class_that_is_never_called_counts_as_in_scikit_learn():
    target, scores = sample(1)
    scores = softmax(scores - [0, 0, 9])
    called = scores.argmax(axis=1)
    assert 2 not in called
    found = TASK.figures(Rows.of(target, np.arange(900)), scores, SETTINGS)
    assert found["macro_f1"].value == pytest.approx(sk.f1_score(target, called, average="macro"))


def test_the_bias_is_that_of_the_class_that_has_most():
    target, _ = sample(2)
    shares = np.bincount(target) / 900
    scores = np.tile(shares + np.array([0.1, -0.1, 0.0]), (900, 1))
    found = TASK.figures(Rows.of(target, np.arange(900)), scores, SETTINGS)
    assert found["mean_bias"].value == pytest.approx(0.1)
    assert found["calibration_error"].value == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("each", "times"),
    [(3, 200), *(pytest.param(each, 800, marks=pytest.mark.nightly) for each in (1, 3))],
)
def test_the_interval_agrees_with_plain_resampling_of_entities(each, times):
    target, scores = (np.repeat(part, each, axis=0) for part in sample(3))
    entities = np.arange(len(target)) // each
    found = TASK.lead(Rows.of(target, entities), scores, 0.95)
    low, high = resampled(lambda rows: auc(target[rows], scores[rows]), entities, times)
    assert high - low == pytest.approx(found.high - found.low, rel=0.12)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.006)


@pytest.mark.parametrize(
    ("count", "times"), [(400, 200), pytest.param(900, 800, marks=pytest.mark.nightly)]
)
def test_the_paired_difference_agrees_with_plain_resampling(count, times):
    target, scores = sample(4, rows=count)
    other = softmax(np.log(scores) + np.random.default_rng(5).normal(0, 0.7, scores.shape))
    rows = Rows.of(target, np.arange(count))
    found = TASK.difference(rows, scores, other, 0.95)
    assert found.value == pytest.approx(auc(target, scores) - auc(target, other))
    low, high = resampled(
        lambda rows: auc(target[rows], scores[rows]) - auc(target[rows], other[rows]),
        np.arange(count),
        times,
    )
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.006)


def test_a_model_does_not_differ_from_itself():
    target, scores = sample(4)
    rows = Rows.of(target, np.arange(900))
    assert TASK.difference(rows, scores, scores.copy(), 0.95) == Estimate(0, 0, 0)


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    truth = auc(*sample(6, rows=200_000))
    found = [
        TASK.lead(Rows.of(target, np.arange(300)), scores, 0.95)
        for target, scores in (sample(seed, rows=300) for seed in range(100, 300))
    ]
    assert 180 <= sum(estimate.low <= truth <= estimate.high for estimate in found) <= 199
