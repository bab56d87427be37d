import numpy as np
import pytest

from mainline.evaluation.rows import Rows
from mainline.evaluation.settings import EvaluationSettings
from mainline.evaluation.tasks.binary import Binary
from mainline.evaluation.weighted import BINS, bins

SETTINGS = EvaluationSettings(threshold=0.5, resamples=100)


def calibration(shift):
    rng = np.random.default_rng(1)
    chance = rng.uniform(0.1, 0.7, 40_000)
    target = (rng.uniform(size=40_000) < chance).astype(np.int8)
    found = Binary().figures(Rows.of(target, np.arange(40_000)), chance + shift, SETTINGS)
    return found["calibration_error"].value, found["mean_bias"].value


def test_a_calibrated_score_has_no_error_to_speak_of():
    assert calibration(0) == pytest.approx((0, 0), abs=0.01)


@pytest.mark.parametrize("shift", [0.2, -0.1])
def test_a_shifted_score_errs_by_the_shift(shift):
    assert calibration(shift) == pytest.approx((abs(shift), abs(shift)), abs=0.01)


def test_errors_that_cancel_show_in_the_calibration_and_not_in_the_bias():
    scores = np.repeat([0.1, 0.9], 1000)
    target = np.tile([0, 1], 1000)
    found = Binary().figures(Rows.of(target, np.arange(2000)), scores, SETTINGS)
    assert found["calibration_error"].value == pytest.approx(0.4)
    assert found["mean_bias"].value == pytest.approx(0)


def test_bins_hold_equal_numbers_of_rows_and_keep_ties_together():
    assert np.bincount(bins(np.arange(1000) / 1000), minlength=BINS).tolist() == [100] * BINS
    assert len(set(bins(np.full(50, 0.3)))) == 1
