"""A GPU's scores differ from a CPU's: figures that it committed are still the judge's."""

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from mainline.core.table import TableSettings
from mainline.evaluation.evaluate import judge
from mainline.evaluation.settings import EvaluationSettings
from mainline.gate.differences import TOLERANCE, first_difference
from mainline.model import runtime

TABLE = TableSettings(entity="row", target="left", positive="yes", numbers=["age"])
SETTINGS = EvaluationSettings(threshold=0.3, resamples=100, slices={"age": [40]})
ROWS = 20_000


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    scores = rng.beta(1, 4, ROWS)
    left = (rng.random(ROWS) < scores).astype(int)
    frame = pd.DataFrame({"row": np.arange(ROWS), "age": rng.uniform(18, 90, ROWS), "left": left})
    return frame, scores


def figures(frame, scores):
    return judge(frame, scores, np.full(ROWS, 0.2), TABLE, SETTINGS)


@pytest.mark.parametrize(("noise", "same"), [(1e-4, True), (1e-2, False)])
def test_noise_of_a_gpu_is_within_the_tolerance_and_other_scores_are_not(rows, noise, same):
    frame, scores = rows
    other = np.clip(scores + np.random.default_rng(1).uniform(-noise, noise, ROWS), 0, 1)
    found = first_difference(figures(frame, other), figures(frame, scores), lambda _: TOLERANCE)
    assert (found == "") == same, found


def test_products_have_the_bits_of_float32():
    tf.config.experimental.enable_tensor_float_32_execution(True)
    runtime.deterministic(1)
    assert not tf.config.experimental.tensor_float_32_execution_enabled()
