"""Compiled trees as TensorFlow operations: no custom operation, so every runtime has them."""

import numpy as np
import tensorflow as tf

from mainline.trees.masks import Masks

CHUNK = 1024  # rows at a time: (rows, trees) of masks then stay in the cache


class Ensemble:
    """Sums of leaves. `variables` are what a SavedModel keeps."""

    def __init__(self, masks: Masks) -> None:
        """Hold the tables as variables, which several signatures share."""
        self.masks = masks
        order = np.argsort(masks.output, kind="stable")  # trees of one output side by side
        self._trees = np.bincount(masks.output).tolist()
        self.table = tf.Variable(masks.table[:, order], trainable=False, name="trees_masks")
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
        places, values = self._places(numbers, ids), self._values(numbers)
        count = tf.shape(places)[1]
        parts = tf.TensorArray(
            tf.float64,
            size=0,
            dynamic_size=True,
            infer_shape=False,
            element_shape=[None, len(self._trees)],
        )

        def one(start: tf.Tensor, found: tf.TensorArray) -> tuple[tf.Tensor, tf.TensorArray]:
            rows = slice(start, start + CHUNK)
            part = self._sums(places[:, rows], values[:, rows])
            return start + CHUNK, found.write(start // CHUNK, part)

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

    def _values(self, numbers: tf.Tensor) -> tf.Tensor:
        """Numbers that splits compare: missing ones first too low, then too high for all."""
        found = tf.transpose(tf.gather(numbers, self.masks.compared, axis=1))
        missing = tf.math.is_nan(found)
        return tf.concat([tf.where(missing, end, found) for end in (-np.inf, np.inf)], axis=0)

    def _compared(self, values: tf.Tensor) -> tf.Tensor:
        """The masks of all splits of numbers together, (rows, trees)."""
        every = tf.constant(-1, self.masks_of_splits.dtype)
        left = tf.fill([len(self._first), tf.shape(values)[1]], every)
        for place, columns in enumerate(self._split_places):
            holds = tf.gather(values, columns) <= self.thresholds[place][:, tf.newaxis]
            mask = tf.where(holds, every, self.masks_of_splits[place][:, tf.newaxis])
            left = tf.bitwise.bitwise_and(left, mask)
        return tf.transpose(left)

    def _sums(self, places: tf.Tensor, compared: tf.Tensor) -> tf.Tensor:
        columns = len(self.masks.numbers) + len(self.masks.categories)
        left = tf.gather(self.table, places[0])
        for column in range(1, columns):
            left = tf.bitwise.bitwise_and(left, tf.gather(self.table, places[column]))
        if len(self._split_places):
            left = tf.bitwise.bitwise_and(left, self._compared(compared))
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
