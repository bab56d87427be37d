import itertools

import numpy as np
import pytest
import tensorflow as tf

from mainline.core.errors import MainlineError
from mainline.model import minibatches as batches
from mainline.model.preprocessing import tensors


def epochs(count, size, seed, number=2, most=1_000):
    return list(itertools.islice(batches.orders(count, size, seed, most), number))


def test_an_epoch_holds_full_batches_of_distinct_rows():
    for order in epochs(50, 16, seed=1):
        assert order.shape == (3, 16)
        assert len(set(order.ravel())) == 48
        assert (order.min(), order.max()) >= (0, 40)


def test_an_epoch_of_many_rows_is_a_part_and_all_parts_are_drawn_before_one_again():
    found = epochs(100, 8, seed=1, number=6, most=40)
    assert {order.shape for order in found} == {(4, 8)}
    for round_ in (found[:3], found[3:]):
        assert len(set(np.concatenate(round_).ravel())) == 96
    assert not np.array_equal(found[0], found[3])


def test_an_epoch_has_a_batch_at_least():
    assert [order.shape for order in epochs(100, 64, seed=1, most=10)] == [(1, 64)] * 2


def test_every_epoch_has_another_order_and_leaves_out_other_rows():
    first, second = epochs(50, 16, seed=1)
    assert set(first.ravel()) != set(second.ravel())


def test_a_seed_fixes_the_orders_of_all_epochs():
    assert np.array_equal(epochs(50, 16, seed=1), epochs(50, 16, seed=1))
    assert not np.array_equal(epochs(50, 16, seed=1), epochs(50, 16, seed=2))


def test_fewer_rows_than_a_batch_make_one_batch():
    assert sorted(epochs(5, 16, seed=1)[0].ravel()) == [0, 1, 2, 3, 4]


def test_encoded_rows_keep_their_order(tiny_rows, tiny_model, tiny_table, monkeypatch):
    frame = tiny_rows["test"]
    whole = batches.encoded(frame, tiny_model.preprocessing, tiny_model.target, tiny_table, "test")
    monkeypatch.setattr(batches, "BATCH", 70)
    in_parts = batches.encoded(
        frame, tiny_model.preprocessing, tiny_model.target, tiny_table, "test"
    )
    for one, other in zip(whole, in_parts, strict=True):
        assert np.array_equal(one, other)
    assert whole[2][:, 0].numpy().tolist() == frame["left"].tolist()


def test_rows_are_encoded_as_they_are_served(tiny_rows, tiny_model, tiny_table):
    frame, preprocessing = tiny_rows["test"].reset_index(drop=True), tiny_model.preprocessing
    frame.loc[:3, tiny_table.categories[0]] = [None, "", "never seen", "é"]
    served = tensors(frame, {name: spec.dtype for name, spec in preprocessing.signature.items()})
    expected = tf.function(preprocessing.encode)(served)
    found = batches.encoded(frame, preprocessing, tiny_model.target, tiny_table, "test")
    assert found[1][:4, 0].numpy().tolist() == [0, 0, 1, 1]
    for one, other in zip(found, expected, strict=False):
        assert one.numpy().tobytes() == other.numpy().tobytes()
        assert one.dtype == other.dtype


def test_a_part_without_rows_is_named(tiny_rows, tiny_model, tiny_table):
    with pytest.raises(MainlineError, match="there are no validation rows"):
        batches.encoded(
            tiny_rows["train"].head(0),
            tiny_model.preprocessing,
            tiny_model.target,
            tiny_table,
            "validation",
        )
