import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.metrics import log_loss

from mainline.core.errors import MainlineError
from mainline.model import minibatches as batches
from mainline.model import runtime, trained
from mainline.model import training_loop as loop


@pytest.fixture
def rows(tiny_rows, tiny_model, tiny_table):
    return batches.encoded(
        tiny_rows["train"], tiny_model.preprocessing, tiny_model.target, tiny_table, "training"
    )


def build(tiny_model, settings):
    runtime.deterministic(settings.seed)
    return trained.network_of(tiny_model.preprocessing, tiny_model.target, settings)


def test_the_loss_of_held_out_rows_is_that_of_all_of_them(rows, tiny_rows, tiny_model, monkeypatch):
    monkeypatch.setattr(loop, "BATCH", 150)  # 400 rows: two full parts and a rest
    expected = log_loss(tiny_rows["train"]["left"], tiny_model.score(tiny_rows["train"]))
    assert float(loop.loss_of(tiny_model.network, tiny_model.target)(rows)) == pytest.approx(
        expected, abs=1e-5
    )


def test_l2_pulls_weights_to_zero_and_stays_out_of_the_reported_loss(
    rows, tiny_model, tiny_settings
):
    order = tf.zeros([1, 64], tf.int32)
    losses, sizes = [], []
    for l2 in (0.0, 10.0):
        settings = tiny_settings.model_copy(update={"l2": l2, "learning_rate": 0.01})
        model = build(tiny_model, settings)
        epoch = loop.epoch_of(model, tiny_model.target, settings)
        losses.append(float(epoch(rows, order)))
        for _ in range(20):
            epoch(rows, order)
        sizes.append(np.abs(model.get_layer("hidden_0").kernel).sum())
    assert losses[0] == pytest.approx(losses[1])
    assert sizes[1] < 0.8 * sizes[0]


def test_a_batch_learns_from_the_rows_that_it_names(rows, tiny_model, tiny_settings):
    settings = tiny_settings.model_copy(update={"learning_rate": 0.05, "dropout": 0.0})
    model = build(tiny_model, settings)
    epoch = loop.epoch_of(model, tiny_model.target, settings)
    place = int(np.flatnonzero(rows[2][:, 0])[-1])
    before = -np.log(model([rows[0], rows[1]]).numpy()[place, 0])
    assert float(epoch(rows, tf.fill([1, 4], place))) == pytest.approx(before, rel=1e-5)
    assert float(epoch(rows, tf.fill([60, 4], place))) < before


def with_head(tiny_model, settings, head):
    """The network with another way from its last hidden layer to the answer."""
    model = build(tiny_model, settings)
    hidden = model.layers[-2].output
    return keras.Model(model.inputs, head(hidden))


def test_a_network_that_cannot_learn_is_a_users_error(rows, tiny_model, tiny_settings):
    cut = with_head(
        tiny_model, tiny_settings, lambda h: keras.ops.stop_gradient(keras.ops.sigmoid(h[:, :1]))
    )
    epoch = loop.epoch_of(cut, tiny_model.target, tiny_settings)
    with pytest.raises(MainlineError, match="no weight of the network has a part in the loss"):
        epoch(rows, tf.zeros([1, 64], tf.int32))


def test_a_weight_that_does_not_learn_is_named_once(rows, tiny_model, tiny_settings, capsys):
    dense = keras.layers.Dense(1, activation="sigmoid", name="head")
    cut = with_head(tiny_model, tiny_settings, lambda h: dense(keras.ops.stop_gradient(h)))
    epoch = loop.epoch_of(cut, tiny_model.target, tiny_settings)
    for _ in range(2):
        epoch(rows, tf.zeros([1, 64], tf.int32))
    said = capsys.readouterr().out
    assert said.count("hidden_0/kernel has no part in the loss: it stays as it began") == 1
    assert "head/kernel" not in said
