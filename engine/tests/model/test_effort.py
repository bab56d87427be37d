"""Which of two models does less for a row."""

import keras
import pytest
from keras import layers

from mainline.model import effort
from mainline.trees.masks import Masks
from mainline.trees.splits import Split, Trees


def network(units: int) -> keras.Model:
    inputs = keras.Input((10,))
    return keras.Model(inputs, layers.Dense(units, use_bias=False)(inputs))


@pytest.mark.parametrize("units", [1, 300])
def test_a_dense_layer_multiplies_and_adds(units):
    assert effort.operations(network(units)) == pytest.approx(2 * 10 * units, rel=0.1)


def masks(trees: int, *, one_by_one: bool) -> Masks:
    """Trees of three leaves over two numbers."""
    made = Trees()
    for tree in range(trees):
        for column, (low, middle) in enumerate([(0, 1), (1, 2)]):
            made.splits.append(Split(tree, column, low, middle, 0.5, frozenset(), missing=False))
        made.leaves.append([0.0, 1.0, 2.0])
        made.output.append(0)
    return Masks.of(made, 2, [], one_by_one=one_by_one)


def test_trees_read_a_mask_for_each_column_or_compare_each_split():
    assert masks(5, one_by_one=False).work == 5 * 2
    assert masks(5, one_by_one=True).work == 5 * 2 * 3


def test_the_cheaper_of_both_comes_first_and_the_blend_last():
    few, many = masks(1, one_by_one=False), masks(500, one_by_one=False)
    assert effort.cheapest_first(network(300), few) == ("trees", "network", "blend")
    assert effort.cheapest_first(network(300), many) == ("network", "trees", "blend")
