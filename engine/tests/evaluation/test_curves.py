import numpy as np
import pytest

from mainline.evaluation.tasks.binary import Binary

RNG = np.random.default_rng(2)
SCORES = RNG.uniform(size=30_000).round(2)
TARGET = (RNG.uniform(size=30_000) < SCORES).astype(np.int8)
TABLES = Binary().curves(TARGET, SCORES)


def test_the_roc_curve_rises_from_zero_to_one():
    roc = TABLES["roc"]
    assert roc["false_positive_rate"].iloc[[0, -1]].tolist() == [0, 1]
    assert roc["true_positive_rate"].iloc[0] < 0.1
    assert roc["true_positive_rate"].iloc[-1] == 1
    assert roc["true_positive_rate"].is_monotonic_increasing


def test_precision_ends_at_the_share_of_positives():
    table = TABLES["precision_recall"]
    assert table["recall"].iloc[[0, -1]].tolist() == [0, 1]
    assert table["precision"].iloc[-1] == pytest.approx(TARGET.mean(), abs=0.01)


def test_a_calibrated_score_lies_on_the_diagonal_and_all_rows_are_counted():
    table = TABLES["calibration"]
    assert table["rows"].sum() == 30_000
    assert table["observed"].to_numpy() == pytest.approx(table["mean_score"].to_numpy(), abs=0.04)


def test_perfect_scores_give_the_corner():
    tables = Binary().curves(TARGET, TARGET.astype(float))
    assert (tables["roc"]["true_positive_rate"] == 1).all()
    assert (tables["precision_recall"]["precision"].iloc[1:-1] == 1).all()
