"""Ours beside Keras's: the same steps, whatever gradients come."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from mainline.model.adam import Adam


@pytest.mark.parametrize("learning_rate", [0.001, 0.1])
def test_the_steps_are_those_of_keras(learning_rate):
    rng = np.random.default_rng(1)
    start = [rng.normal(size=shape).astype("float32") for shape in ((5, 3), (3,), (7, 2))]
    ours, theirs = ([keras.Variable(value) for value in start] for _ in range(2))
    our, their = Adam(ours, learning_rate), keras.optimizers.Adam(learning_rate)
    their.build(theirs)
    for _ in range(50):
        gradients = [tf.constant(rng.normal(size=w.shape), tf.float32) for w in start[:2]]
        rows = tf.constant(rng.permutation(7)[:4])  # of an embedding
        values = tf.constant(rng.normal(size=(4, 2)), tf.float32)
        gradients.append(tf.IndexedSlices(values, rows, dense_shape=tf.constant([7, 2])))
        our.apply(gradients)
        their.apply(gradients, theirs)
    for one, other, begun in zip(ours, theirs, start, strict=True):
        assert np.allclose(one.numpy(), other.numpy(), rtol=1e-4, atol=1e-6)
        assert np.abs(one.numpy() - begun).max() > 3 * learning_rate


def test_a_row_that_a_batch_names_twice_has_one_gradient():
    """Their sum, of which Adam takes the square: not the squares of both."""
    dense, sparse = keras.Variable([[1.0], [2.0]]), keras.Variable([[1.0], [2.0]])
    at = tf.constant([1, 1])
    twice = tf.IndexedSlices(tf.constant([[0.3], [0.5]]), at, dense_shape=tf.constant([2, 1]))
    ours, theirs = Adam([sparse], 0.1), Adam([dense], 0.1)
    for gradient in (0.8, 0.8, 0.8):
        ours.apply([twice])
        theirs.apply([tf.constant([[0.0], [gradient]])])
    assert sparse.numpy().tolist() == dense.numpy().tolist()
    assert sparse.numpy()[0, 0] == 1.0


def test_a_constraint_holds_after_every_step():
    """As `kernel_constraint` in network.py promises: a monotone model, for one."""
    weight = keras.Variable([0.05, 0.5])
    weight.constraint = keras.constraints.NonNeg()
    adam = Adam([weight], 0.1)
    for _ in range(3):
        adam.apply([tf.constant([1.0, 1.0])])
    assert weight.numpy()[0] == 0
    assert 0 < weight.numpy()[1] < 0.3


@pytest.mark.parametrize("kind", ["float16", "float64"])
def test_a_layer_may_have_weights_of_another_kind(kind):
    plain, other = keras.Variable([1.0]), keras.Variable([1.0], dtype=kind)
    Adam([plain, other], 0.1).apply([tf.constant([0.5]), tf.constant([0.5], kind)])
    assert other.numpy()[0] == pytest.approx(plain.numpy()[0], rel=1e-2)
    assert other.numpy()[0] < 0.95


def test_a_weight_that_has_no_part_in_the_loss_stays_and_is_known():
    used, unused = keras.Variable([1.0], name="used"), keras.Variable([2.0], name="unused")
    adam = Adam([used, unused], 0.1)
    adam.apply([tf.constant([1.0]), None])
    assert adam.idle == {"unused"}
    assert used.numpy()[0] < 1
    assert unused.numpy()[0] == 2


def test_a_gradient_for_each_weight_is_asked_for():
    with pytest.raises(ValueError, match="shorter"):
        Adam([keras.Variable([1.0]), keras.Variable([2.0])], 0.1).apply([tf.constant([1.0])])


def test_the_mean_of_the_last_steps_stands_in_the_block_alone():
    weight = keras.Variable([0.0])
    adam = Adam([weight], 0.1)
    seen = [0.0]
    for step in range(40):
        adam.apply([tf.constant([1.0 if step % 2 else -0.9])])
        seen.append(float(weight.numpy()[0]))
    with adam.averaged():
        mean = float(weight.numpy()[0])
    assert weight.numpy()[0] == pytest.approx(seen[-1])
    expected = seen[0]
    for step, each in enumerate(seen[1:], 1):
        expected += (1 - min(0.99, step / (9 + step))) * (each - expected)
    assert mean == pytest.approx(expected, rel=1e-4)
    assert min(seen) < mean < max(seen)
