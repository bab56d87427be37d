"""Every figure, for any weights, is the one that scikit-learn computes."""

import numpy as np
import pytest
from sklearn import metrics as sk

from mainline.evaluation.rows import Rows
from mainline.evaluation.settings import EvaluationSettings
from mainline.evaluation.tasks.binary import Binary
from mainline.evaluation.weighted import CELLS, AveragePrecision, from_sums, terms

THRESHOLD = 0.3
RNG = np.random.default_rng(3)
SCORES = {
    "distinct": RNG.uniform(size=400),
    "tied": RNG.integers(0, 11, 400) / 10,  # some rows lie on the threshold
    "constant": np.full(400, 0.25),
}
TARGET = (RNG.uniform(size=400) < 0.3).astype(np.int8)
WEIGHTS = {"once": np.ones(400), "resampled": np.bincount(RNG.integers(0, 400, 400), minlength=400)}


@pytest.mark.parametrize("scores", SCORES.values(), ids=SCORES)
@pytest.mark.parametrize("weights", WEIGHTS.values(), ids=WEIGHTS)
def test_weighted_figures_equal_scikit_learns(scores, weights):
    found = from_sums((weights @ terms(TARGET, scores, THRESHOLD))[np.newaxis])
    called = scores >= THRESHOLD
    kept = np.clip(scores, 1e-7, 1 - 1e-7)
    assert found["log_loss"][0] == pytest.approx(sk.log_loss(TARGET, kept, sample_weight=weights))
    brier = sk.brier_score_loss(TARGET, scores, sample_weight=weights)
    assert found["brier"][0] == pytest.approx(brier)
    assert found["f1"][0] == pytest.approx(sk.f1_score(TARGET, called, sample_weight=weights))
    precision = sk.average_precision_score(TARGET, scores, sample_weight=weights)
    assert AveragePrecision(TARGET, scores)(weights) == pytest.approx(precision)
    confusion = sk.confusion_matrix(TARGET, called, sample_weight=weights, normalize="all")
    expected = dict(zip(("true_negatives", "false_positives"), confusion[0], strict=True)) | dict(
        zip(("false_negatives", "true_positives"), confusion[1], strict=True)
    )
    assert {name: found[name][0] for name in CELLS} == pytest.approx(expected)


@pytest.mark.parametrize("scores", SCORES.values(), ids=SCORES)
def test_reported_values_are_those_of_the_rows_as_they_are(scores):
    rows = Rows.of(TARGET, np.arange(400))
    found = Binary().figures(rows, scores, EvaluationSettings(threshold=THRESHOLD, resamples=100))
    assert found["roc_auc"].value == pytest.approx(sk.roc_auc_score(TARGET, scores))
    assert found["pr_auc"].value == pytest.approx(sk.average_precision_score(TARGET, scores))
    assert found["brier"].value == pytest.approx(sk.brier_score_loss(TARGET, scores))


def test_average_precision_without_a_positive_weight_is_no_number():
    assert np.isnan(AveragePrecision(TARGET, SCORES["tied"])((TARGET == 0).astype(float)))
