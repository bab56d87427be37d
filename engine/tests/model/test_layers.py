"""The blocks that a project's network.py is built of."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.special import softmax

from mainline.extension import (
    CategoryEmbedding,
    Columns,
    Members,
    MembersAnswer,
    NumberEmbedding,
    PiecewiseLinear,
)
from mainline.model import runtime
from mainline.model import training_loop as loop
from mainline.model.adam import Adam
from mainline.model.preprocessing import Preprocessing, Scale

NUMBERS = {
    "age": Scale(40.0, 10.0, 38.0, 20.0, 60.0, [30.0, 50.0]),
    "zeros": Scale(0.0, 1.0, 0.0, 0.0, 0.0, [0.5, 0.5 + 1e-12]),  # two edges that float32 joins
    "constant": Scale(7.0, 1.0, 7.0, 7.0, 7.0),
}
CATEGORIES = {"city": ["bonn", "ulm"], "plan": ["basic"]}


@pytest.fixture
def columns():
    return Columns.of(Preprocessing(NUMBERS, CATEGORIES))


def scaled(name, values):
    """As Preprocessing encodes a number: (rows, 2)."""
    scale, missing = NUMBERS[name], np.isnan(values)
    known = (np.where(missing, scale.median, values) - scale.mean) / scale.deviation
    return np.stack([np.clip(known, -8, 8), missing], axis=1).astype(np.float32)


def numbers(**values):
    rows = len(next(iter(values.values())))
    each = [scaled(name, np.array(values.get(name, [7.0] * rows))) for name in NUMBERS]
    return np.concatenate(each, axis=1)


def test_pieces_are_those_of_numpy(columns):
    ages = [-1e9, 20.0, 25.0, 30.0, 44.0, 60.0, 1e9]
    found = PiecewiseLinear(columns.numbers)(numbers(age=ages)).numpy()
    assert found.shape == (7, 3, 5)
    edges = np.array([20.0, 30.0, 50.0, 60.0])
    below = (np.array(ages)[:, None] - edges[:-1]) / np.diff(edges)
    assert found[:, 0, :3] == pytest.approx(np.clip(below, 0, 1), abs=1e-6)
    assert found[:, 0, 3:] == pytest.approx(scaled("age", np.array(ages)))


def test_a_missing_number_has_no_piece(columns):
    found = PiecewiseLinear(columns.numbers)(numbers(age=[np.nan, 38.0])).numpy()
    assert found[0, 0] == pytest.approx([0, 0, 0, -0.2, 1], abs=1e-6)
    assert found[1, 0] == pytest.approx([1, 0.4, 0, -0.2, 0], abs=1e-6)


def test_columns_of_few_edges_end_in_zeros(columns):
    found = PiecewiseLinear(columns.numbers)(numbers(zeros=[0.0, 0.25, 4.0])).numpy()
    assert found[:, 1, 0] == pytest.approx([0, 0.5, 1])
    assert not found[:, 1, 1:3].any()
    assert not found[:, 2].any()  # the constant


def test_columns_without_any_edge_are_encoded():
    columns = Columns.of(Preprocessing({"constant": NUMBERS["constant"]}, {}))
    found = PiecewiseLinear(columns.numbers)(scaled("constant", np.array([7.0, np.nan])))
    assert found.numpy().tolist() == [[[0, 0]], [[0, 1]]]


def test_each_number_has_a_dense_layer_of_its_own():
    layer = NumberEmbedding(4)
    values = np.random.default_rng(1).normal(size=(6, 3, 5)).astype(np.float32)
    found = layer(values).numpy()
    kernel, bias = layer.get_weights()
    for place in range(3):
        alone = np.maximum(values[:, place] @ kernel[place] + bias[place], 0)
        assert found[:, place] == pytest.approx(alone, abs=1e-5)


def test_each_category_has_vectors_of_its_own(columns):
    layer = CategoryEmbedding(columns.categories, 5)
    found = layer(np.array([[0, 0], [3, 2]], np.int32)).numpy()
    [table] = layer.get_weights()
    assert table.shape == (4 + 3, 5)
    assert np.array_equal(found, table[[[0, 4], [3, 6]]])


def test_each_member_sees_every_row_in_its_own_way():
    layer = Members(4)
    values = np.random.default_rng(1).normal(size=(5, 12)).astype(np.float32)
    found = layer(values).numpy()
    [scale] = layer.get_weights()
    assert set(np.unique(scale)) == {-1, 1}
    assert np.array_equal(found.reshape(5, 4, 12), values[:, np.newaxis] * scale)
    assert len(np.unique(scale, axis=0)) > 1


def test_members_answer_apart_in_training_and_together_after():
    layer = MembersAnswer(3, 4, "softmax")
    values = np.random.default_rng(1).normal(size=(20, 7)).astype(np.float32)
    apart, mean = layer(values, training=True).numpy(), layer(values).numpy()
    kernel, _ = layer.get_weights()
    assert apart[5] == pytest.approx(softmax(values[5] @ kernel[1]), abs=1e-6)  # row 1, member 1
    assert mean == pytest.approx(apart.reshape(5, 4, 3).mean(axis=1), abs=1e-6)
    assert mean.sum(axis=1) == pytest.approx(1)


@pytest.fixture
def network(columns):
    def made():
        runtime.deterministic(3)
        fresh = Columns.of(Preprocessing(NUMBERS, CATEGORIES))
        pieces = PiecewiseLinear(fresh.numbers)(fresh.scaled)
        parts = [NumberEmbedding(4)(pieces), CategoryEmbedding(fresh.categories, 4)(fresh.ids)]
        hidden = keras.layers.Flatten()(keras.layers.Concatenate(axis=1)(parts))
        hidden = keras.layers.Dense(16, "relu")(Members(3)(hidden))
        hidden = keras.layers.Dropout(0.2)(hidden)
        return keras.Model(fresh.inputs, MembersAnswer(1, 3, "sigmoid")(hidden))

    return made


@pytest.fixture
def rows():
    rng = np.random.default_rng(2)
    ages = np.where(rng.random(256) < 0.1, np.nan, rng.normal(40, 10, 256))
    encoded = numbers(age=ages, zeros=rng.integers(0, 2, 256) * 1.0, constant=rng.normal(7, 1, 256))
    ids = np.stack([rng.integers(0, 4, 256), rng.integers(0, 3, 256)], axis=1).astype(np.int32)
    target = (np.nan_to_num(ages) > 45).astype(np.float32)[:, None]
    return tuple(map(tf.constant, (encoded, ids, target)))


def trained(model, rows):
    adam = Adam(model.trainable_variables, 0.01)
    epoch = loop.epoch_of(model, keras.losses.binary_crossentropy, adam)
    order = np.random.default_rng(1).permutation(256).reshape(4, 64).astype(np.int32)
    return [float(epoch(rows, order)) for _ in range(8)], adam


def test_every_weight_learns_and_two_runs_give_the_same_bytes(network, rows):
    one = network()
    begun = one.get_weights()
    losses, adam = trained(one, rows)
    assert losses[-1] < 0.7 * losses[0]
    assert not adam.idle
    assert all((now != then).any() for now, then in zip(one.get_weights(), begun, strict=True))
    other = network()
    assert trained(other, rows)[0] == losses
    for mine, theirs in zip(one.get_weights(), other.get_weights(), strict=True):
        assert mine.tobytes() == theirs.tobytes()


def test_the_loss_in_training_is_the_mean_of_the_members_own(network, rows):
    model = network()
    model.layers[-2].rate = 0.0
    epoch = loop.epoch_of(
        model, keras.losses.binary_crossentropy, Adam(model.trainable_variables, 0.0)
    )
    apart = model(rows[:2], training=True).numpy().reshape(256, 3)
    chances = np.where(rows[2].numpy() > 0, apart, 1 - apart)
    found = float(epoch(rows, tf.range(256)[tf.newaxis]))
    assert found == pytest.approx(-np.log(chances).mean(), rel=1e-4)


def test_weights_kept_by_place_fit_a_network_built_anew(network, rows):
    model, other = network(), network()
    trained(model, rows)
    other.set_weights(model.get_weights())
    assert np.array_equal(other(rows[:2]).numpy(), model(rows[:2]).numpy())
