"""Compiled trees as TensorFlow operations: no custom one, so TensorFlow Serving has them."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from mainline.trees.masks import Masks

CHUNK = 1024  # rows at a time: (rows, trees) of masks then stay in the cache
FEWEST, VALUES = 16, 200_000  # rows, and rows x trees, at a time when splits are compared


class Ensemble:
    """Sums of leaves. `variables` are what a SavedModel keeps."""

    def __init__(self, masks: Masks) -> None:
        """Hold the tables as variables, which several signatures share."""
        self.masks = masks
        order = np.argsort(masks.output, kind="stable")  # trees of one output side by side
        self._trees = np.bincount(masks.output).tolist()
        self._compares = len(masks.split_masks) > 0
        table = masks.table if self._compares else masks.table[:, order]
        self.table = tf.Variable(table, trainable=False, name="trees_masks")
        leaves = masks.leaves[order]
        self.leaves = tf.Variable(leaves.reshape(-1), trainable=False, name="trees_leaves")
        self._first = (np.arange(len(leaves)) * leaves.shape[1]).astype(np.int32)

        splits = masks.split_thresholds[:, order], masks.split_masks[:, order]
        self.thresholds = tf.Variable(splits[0], trainable=False, name="trees_thresholds")
        self.masks_of_splits = tf.Variable(splits[1], trainable=False, name="trees_splits")
        self._split_places = masks.split_places[:, order]

    @property
    def variables(self) -> list[tf.Variable]:
        """In a fixed order."""
        return [self.table, self.leaves, self.thresholds, self.masks_of_splits]

    def __call__(self, numbers: tf.Tensor, ids: tf.Tensor) -> tf.Tensor:
        """Sums of leaves, float64 (rows, outputs).

        `numbers` is float32 (rows, numbers), NaN for missing; `ids` int32 (rows, categories).
        """
        if self._compares:
            size = min(CHUNK, max(FEWEST, VALUES // len(self._first)))
            return self._chunks(
                tf.shape(numbers)[0],
                size,
                lambda rows: self._sums(self._compared(numbers[rows], ids[rows])),
            )
        places = self._places(numbers, ids)
        return self._chunks(
            tf.shape(places)[1], CHUNK, lambda rows: self._sums(self._read(places[:, rows]))
        )

    def _chunks(self, count: tf.Tensor, size: int, sums: Callable[[slice], tf.Tensor]) -> tf.Tensor:
        """`sums` of some rows, for all of them."""
        parts = tf.TensorArray(
            tf.float64,
            size=0,
            dynamic_size=True,
            infer_shape=False,
            element_shape=[None, len(self._trees)],
        )

        def one(start: tf.Tensor, found: tf.TensorArray) -> tuple[tf.Tensor, tf.TensorArray]:
            part = sums(slice(start, start + size))
            return start + size, found.write(start // size, part)

        _, parts = tf.while_loop(lambda start, _: start < count, one, [0, parts])
        return parts.concat()

    def _places(self, numbers: tf.Tensor, ids: tf.Tensor) -> tf.Tensor:
        """The table row of each column in use, int32 (columns, rows)."""
        masks, found = self.masks, []
        if len(masks.numbers):
            values = tf.transpose(tf.gather(numbers, masks.numbers, axis=1))
            below = tf.raw_ops.LowerBound(sorted_inputs=masks.thresholds, values=values)
            missing = masks.missing_rows[:, np.newaxis]
            found.append(
                tf.where(tf.math.is_nan(values), missing, below + masks.number_rows[:, np.newaxis])
            )
        if len(masks.categories):
            chosen = tf.transpose(tf.gather(ids, masks.categories, axis=1))
            found.append(chosen + masks.category_rows[:, np.newaxis])
        if not found:  # trees of one leaf each
            return tf.zeros([1, tf.shape(numbers)[0]], tf.int32)
        return tf.concat(found, axis=0)

    def _read(self, places: tf.Tensor) -> tf.Tensor:
        """The masks of all columns together, (rows, trees)."""
        left = tf.gather(self.table, places[0])
        for column in range(1, len(self.masks.numbers) + len(self.masks.categories)):
            left = tf.bitwise.bitwise_and(left, tf.gather(self.table, places[column]))
        return left

    def _compared(self, numbers: tf.Tensor, ids: tf.Tensor) -> tf.Tensor:
        """The masks of all splits together, (rows, trees)."""
        values = self._values(numbers, ids)
        every = tf.constant(-1, self.masks_of_splits.dtype)
        left = tf.fill([len(self._first), tf.shape(values)[1]], every)
        for place, columns in enumerate(self._split_places):
            holds = tf.gather(values, columns) <= self.thresholds[place][:, tf.newaxis]
            mask = tf.where(holds, every, self.masks_of_splits[place][:, tf.newaxis])
            left = tf.bitwise.bitwise_and(left, mask)
        return tf.transpose(left)

    def _values(self, numbers: tf.Tensor, ids: tf.Tensor) -> tf.Tensor:
        """What splits compare, (values, rows).

        They are the numbers with missing ones too low, then with missing ones too high for all, and
        0 or 1 for each split of a category.
        """
        masks = self.masks
        found = tf.transpose(tf.gather(numbers, masks.compared, axis=1))
        missing = tf.math.is_nan(found)
        values = [tf.where(missing, end, found) for end in (-np.inf, np.inf)]
        if len(masks.categories):
            chosen = tf.gather(tf.transpose(ids), masks.categories)
            places = chosen + masks.category_rows[:, np.newaxis]
            values.append(tf.cast(tf.gather(self.table[:, 0], places), tf.float32))
        return tf.concat(values, axis=0)

    def _sums(self, left: tf.Tensor) -> tf.Tensor:
        values = tf.gather(self.leaves, _lowest(left) + self._first)
        sums = [tf.reduce_sum(part, axis=1) for part in tf.split(values, self._trees, axis=1)]
        return tf.stack(sums, axis=1)


def _lowest(bits: tf.Tensor) -> tf.Tensor:
    """The place of the lowest bit that is set: a power of two is its exponent, as a float."""
    power = tf.bitwise.bitwise_and(bits, -bits)
    if bits.dtype == tf.int32:
        exponent = tf.bitcast(tf.cast(power, tf.float32), tf.int32)
        return tf.bitwise.right_shift(exponent, 23) - 127
    exponent = tf.bitcast(tf.cast(power, tf.float64), tf.int64)
    return tf.cast(tf.bitwise.right_shift(exponent, np.int64(52)), tf.int32) - 1023
