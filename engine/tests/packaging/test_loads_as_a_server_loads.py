"""Bytes that Python forgives and a server does not.

Python's `tf.saved_model.load` rebuilds objects; a server imports the graph into a session and runs
the graph's restore operation, which fills only what the graph saved under its own variables.
"""

import numpy as np
import pytest
import tensorflow as tf

from mainline.core.errors import MainlineError
from mainline.packaging import saved_model
from mainline.packaging.saved_model import Scorer


class Wrapped:
    """Keras's wrappers in place of TensorFlow's variables."""

    def __init__(self, weight):
        self.value = weight


@pytest.fixture
def unservable(tiny_model, tmp_path, monkeypatch):
    network = tiny_model.network
    wrapped = [Wrapped(weight) for weight in network.weights]
    monkeypatch.setattr(type(network), "weights", property(lambda self: wrapped))
    saved_model.export(tiny_model, tmp_path / "model")
    monkeypatch.undo()
    return tmp_path / "model"


def test_variables_that_only_python_finds_are_refused(unservable):
    assert tf.saved_model.load(str(unservable)).signatures  # nothing wrong, as far as Python sees
    with pytest.raises(MainlineError, match="operation VarIsInitializedOp is not allowed"):
        Scorer(unservable)


def test_both_loaders_agree_on_a_model_of_ours(tiny_run, tiny_rows):
    directory = tiny_run / "dist/model"
    scorer = Scorer(directory)
    rows = saved_model.tensors(tiny_rows["test"], scorer.inputs)
    by_python = tf.saved_model.load(str(directory)).signatures["serving_default"](**rows)["score"]
    assert np.allclose(scorer.score(tiny_rows["test"]), by_python.numpy(), rtol=0, atol=1e-7)
