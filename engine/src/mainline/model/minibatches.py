"""Rows as the training loop takes them: encoded once, then named by their places in batches."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import tensorflow as tf

from mainline.core.errors import MainlineError
from mainline.core.table import TableSettings
from mainline.model.columns import IDS, RAW, SCALED
from mainline.model.prepared import BATCH
from mainline.model.preprocessing import Preprocessing, tensors
from mainline.model.target import Target

Encoded = tuple[tf.Tensor, ...]  # the network's inputs in its order, and the target


def encoded(
    frame: pd.DataFrame,
    preprocessing: Preprocessing,
    target: Target,
    table: TableSettings,
    part: str,
    *,
    inputs: Sequence[str] = (SCALED, IDS),
) -> Encoded:
    """The network's `inputs` and the target (rows, 1) of all rows, by the graph that serves.

    `frame` holds raw and derived columns.

    Raises MainlineError naming the `part` that has no rows.
    """
    if frame.empty:
        raise MainlineError(
            f"training: there are no {part} rows; the section `split` decides them."
        )
    made = [_input(name, frame, preprocessing) for name in inputs]
    return (*made, tf.constant(target.encode(frame[table.target])))


def _input(name: str, frame: pd.DataFrame, preprocessing: Preprocessing) -> tf.Tensor:
    if name == SCALED:
        return _numbers(frame, preprocessing)
    if name == IDS:
        return _categories(frame, preprocessing)
    column = name.removeprefix(RAW)
    return tensors(frame, {column: preprocessing.everything[column].dtype})[column]


def _numbers(frame: pd.DataFrame, preprocessing: Preprocessing) -> tf.Tensor:
    """As a graph, as they are served: operation by operation rounds otherwise."""
    if not preprocessing.numbers:
        return tf.zeros([len(frame), 0])
    alone = replace(preprocessing, categories={})
    graph = tf.function(alone.encode, input_signature=[alone.everything])  # traced once
    names = dict.fromkeys(preprocessing.numbers, tf.float32)
    return tf.concat([graph(part)[0] for part in _parts(frame, names)], axis=0)


def _categories(frame: pd.DataFrame, preprocessing: Preprocessing) -> tf.Tensor:
    """Texts are slow to compare, so each different one is encoded once."""
    columns = []
    for name, known in preprocessing.categories.items():
        encode = Preprocessing(numbers={}, categories={name: known}).encode
        places, texts = pd.factorize(frame[name], use_na_sentinel=False)
        parts = _parts(pd.DataFrame({name: texts}), {name: tf.string})
        ids = tf.concat([encode(part)[1][:, 0] for part in parts], axis=0)
        columns.append(tf.gather(ids, places))
    return tf.stack(columns, axis=1) if columns else tf.zeros([len(frame), 0], tf.int32)


def _parts(frame: pd.DataFrame, names: dict[str, tf.DType]) -> Iterator[dict[str, tf.Tensor]]:
    for start in range(0, len(frame), BATCH):
        yield tensors(frame.iloc[start : start + BATCH], names)


def orders(count: int, batch_size: int, seed: int, most: int) -> Iterator[np.ndarray]:
    """Places of rows for one epoch after another, int32 (steps, batch).

    Of more than `most` rows an epoch has an equal part, and the next one another. When all parts
    have been seen they are drawn anew. They are full batches; the rows that fill none sit out.
    """
    size = min(batch_size, count)
    parts = min(-(-count // most), count // size)
    steps = count // size // parts
    rng = np.random.default_rng(seed)
    while True:
        order = rng.permutation(count)[: parts * steps * size]
        yield from order.reshape(parts, steps, size).astype(np.int32)
