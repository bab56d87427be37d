"""Layers that turn columns into what a network learns from: one operation for all of a kind."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from mainline.model.columns import Category, Number


class PiecewiseLinear(keras.layers.Layer):
    """Numbers cut at their edges (Gorishniy et al. 2022), without weights.

    `columns.scaled` (rows, 2 x numbers) becomes float32 (rows, numbers, bins + 2): the part of each
    bin that lies below the value, 0 to 1, then the two of `scaled`. A missing value has no part in
    any bin, and a bin that a column lacks beside the widest one is 0.
    """

    def __init__(self, numbers: Sequence[Number], **settings: Any) -> None:
        super().__init__(**settings)
        edges = [_scaled(number) for number in numbers]
        most = max([len(each) - 1 for each in edges])
        self.begins, self.slopes = np.zeros((2, len(edges), most), np.float32)
        for place, each in enumerate(edges):
            self.begins[place, : len(each) - 1] = each[:-1]
            self.slopes[place, : len(each) - 1] = 1 / np.diff(each)

    def call(self, scaled: Any) -> Any:
        """Encode scaled numbers."""
        pairs = ops.reshape(scaled, (-1, len(self.begins), 2))
        value, missing = pairs[:, :, :1], pairs[:, :, 1:]
        parts = ops.clip((value - self.begins) * self.slopes, 0.0, 1.0)
        return ops.concatenate([parts * (1.0 - missing), pairs], axis=2)


def _scaled(number: Number) -> np.ndarray:
    """Edges as the network sees the number; `low` and `high` of its scale begin and end them."""
    scale = number.scale
    edges = np.unique([scale.low, *number.edges, scale.high])
    return np.unique(((edges - scale.mean) / scale.deviation).astype(np.float32))


class NumberEmbedding(keras.layers.Layer):
    """A dense layer for each number: (rows, numbers, parts) to (rows, numbers, width)."""

    def __init__(self, width: int, activation: str | None = "relu", **settings: Any) -> None:
        super().__init__(**settings)
        self.width, self.activation = width, keras.activations.get(activation)

    def build(self, shape: tuple[int | None, int, int]) -> None:
        """Make the weights."""
        _, numbers, parts = shape
        self.kernel = self.add_weight(
            (numbers, parts, self.width), keras.initializers.RandomNormal(stddev=0.2), name="kernel"
        )
        self.bias = self.add_weight((numbers, self.width), "zeros", name="bias")

    def call(self, encoded: Any) -> Any:
        """Embed encoded numbers."""
        return self.activation(ops.einsum("rnp,npw->rnw", encoded, self.kernel) + self.bias)


class CategoryEmbedding(keras.layers.Layer):
    """A vector for each id of each category: `columns.ids` to (rows, categories, width)."""

    def __init__(self, categories: Sequence[Category], width: int, **settings: Any) -> None:
        super().__init__(**settings)
        sizes = [category.size for category in categories]
        self.width, self.rows = width, sum(sizes)
        self.begins = np.cumsum([0, *sizes[:-1]], dtype=np.int32)  # of each category in the table

    def build(self, _: tuple[int | None, int]) -> None:
        """Make the weights."""
        normal = keras.initializers.RandomNormal(stddev=0.5)
        self.table = self.add_weight((self.rows, self.width), normal, name="table")

    def call(self, ids: Any) -> Any:
        """Embed ids."""
        return ops.take(self.table, ids + self.begins, axis=0)
