"""Rows as the training loop takes them: encoded once, then named by their places in batches."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import tensorflow as tf

from customer_churn.core.errors import UserError
from customer_churn.core.table import TableSettings
from customer_churn.model.preprocessing import Preprocessing, tensors
from customer_churn.model.target import Target
from customer_churn.model.trained import BATCH

Encoded = tuple[tf.Tensor, tf.Tensor, tf.Tensor]


def encoded(
    frame: pd.DataFrame,
    preprocessing: Preprocessing,
    target: Target,
    table: TableSettings,
    part: str,
) -> Encoded:
    """Numbers, category ids and target (rows, 1) of all rows, by the graph that serves.

    Raises UserError naming the `part` that has no rows.
    """
    if frame.empty:
        raise UserError(f"training: the {part} rows are none; the section split decides them.")
    names = {name: spec.dtype for name, spec in preprocessing.signature.items()}
    encode = tf.function(preprocessing.encode)
    parts = [
        encode(tensors(frame.iloc[start : start + BATCH], names))
        for start in range(0, len(frame), BATCH)
    ]
    numbers, categories = (tf.concat(column, axis=0) for column in zip(*parts, strict=True))
    return numbers, categories, tf.constant(target.encode(frame[table.target]))


def orders(count: int, batch_size: int, seed: int) -> Iterator[np.ndarray]:
    """Places of rows for one epoch after another, int32 (steps, batch).

    Each epoch has another order of full batches; the rows that fill none sit that epoch out.
    """
    size = min(batch_size, count)
    steps = count // size
    rng = np.random.default_rng(seed)
    while True:
        order = rng.permutation(count)[: steps * size]
        yield order.reshape(steps, size).astype(np.int32)
