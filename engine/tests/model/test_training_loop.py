import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.metrics import log_loss

from mainline.core.errors import MainlineError
from mainline.model import minibatches as batches
from mainline.model import runtime
from mainline.model import training_loop as loop


@pytest.fixture
def rows(tiny_rows, tiny_model, tiny_table):
    return batches.encoded(
        tiny_rows["train"], tiny_model.preprocessing, tiny_model.target, tiny_table, "training"
    )


@pytest.fixture
def made(tiny_model, tiny_settings, tiny_design):
    """A function: changed settings to a network, its epoch and, of a `head`, another way out."""

    def make(head=None, options=None, **changes):
        changes |= {"options": tiny_settings.options | (options or {})}
        runtime.deterministic(tiny_settings.seed)
        design = tiny_design(tiny_settings.model_copy(update=changes))
        model = design.network(tiny_model.preprocessing, tiny_model.target)
        if head is not None:
            model = keras.Model(model.inputs, head(model.layers[-2].output))
        loss = design.loss(tiny_model.target)
        return model, loop.epoch_of(model, loss, design.stepper(model))

    return make


def test_the_loss_of_held_out_rows_is_that_of_all_of_them(rows, tiny_rows, tiny_model, monkeypatch):
    monkeypatch.setattr(loop, "at_once", lambda _: 150)  # 400 rows: two full parts and a rest
    expected = log_loss(tiny_rows["train"]["left"], tiny_model.score(tiny_rows["train"]))
    held_out = loop.loss_of(tiny_model.network, tiny_model.target.loss)
    assert float(held_out(rows)) == pytest.approx(expected, abs=1e-5)


def test_l2_pulls_weights_to_zero_and_stays_out_of_the_reported_loss(rows, made):
    order = tf.zeros([1, 64], tf.int32)
    losses, sizes = [], []
    for l2 in (0.0, 10.0):
        model, epoch = made(options={"l2": l2}, learning_rate=0.01)
        losses.append(float(epoch(rows, order)))
        for _ in range(20):
            epoch(rows, order)
        sizes.append(np.abs(model.get_layer("hidden_0").kernel).sum())
    assert losses[0] == pytest.approx(losses[1])
    assert sizes[1] < 0.8 * sizes[0]


def test_a_batch_learns_from_the_rows_that_it_names(rows, made):
    model, epoch = made(options={"dropout": 0.0}, learning_rate=0.05)
    place = int(np.flatnonzero(rows[2][:, 0])[-1])
    before = -np.log(model([rows[0], rows[1]]).numpy()[place, 0])
    assert float(epoch(rows, tf.fill([1, 4], place))) == pytest.approx(before, rel=1e-5)
    assert float(epoch(rows, tf.fill([60, 4], place))) < before


def test_a_network_that_cannot_learn_is_a_users_error(rows, made):
    _, epoch = made(lambda h: keras.ops.stop_gradient(keras.ops.sigmoid(h[:, :1])))
    with pytest.raises(MainlineError, match="no weight of the network has a part in the loss"):
        epoch(rows, tf.zeros([1, 64], tf.int32))


def test_a_weight_that_does_not_learn_is_named_once(rows, made, capsys):
    dense = keras.layers.Dense(1, activation="sigmoid", name="head")
    _, epoch = made(lambda h: dense(keras.ops.stop_gradient(h)))
    for _ in range(2):
        epoch(rows, tf.zeros([1, 64], tf.int32))
    said = capsys.readouterr().out
    assert said.count("hidden_0/kernel has no part in the loss: it stays as it began") == 1
    assert "head/kernel" not in said
