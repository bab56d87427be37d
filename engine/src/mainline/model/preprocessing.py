"""Raw columns to what the network reads, as TensorFlow operations: training and serving share them.

A number becomes its scaled value, missing ones replaced by the median, and an indicator of having
been missing. A category becomes an id: 0 missing, 1 unknown, from 2 on the ones seen in training.
Ids are found by search in a constant vocabulary, not by a lookup table, because a table's resource
has a random name and the saved model would differ from run to run.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Self

import numpy as np
import pandas as pd
import tensorflow as tf

from mainline.core.errors import MainlineError
from mainline.core.table import TableSettings, TaskName
from mainline.model import edges

FLOAT = np.finfo(np.float32)
BUCKETS = 2**62  # hashes of texts; two known values do not share one
CLIP = 8.0  # scaled values beyond this many deviations say "extreme" and nothing more


@dataclass(frozen=True)
class Scale:
    """What training rows say of a number; `low` and `high` hold 98 % of them.

    Not the extremes: the largest income is one person's, and golden rows carry these into the
    model image.
    """

    mean: float
    deviation: float
    median: float
    low: float
    high: float
    edges: list[float] = field(default_factory=list)  # what the target says of it: edges.py


@dataclass(frozen=True)
class Preprocessing:
    """Everything that encoding needs: scales of numbers, vocabularies of categories, in order."""

    numbers: dict[str, Scale]
    categories: dict[str, list[str]]
    derived: tuple[str, ...] = ()  # those of both that features.py computes

    @classmethod
    def fit(
        cls,
        frame: pd.DataFrame,
        table: TableSettings,
        most: int,
        least: int,
        derived: tuple[str, ...] = (),
    ) -> Self:
        """Learn scales, edges and vocabularies from training rows, the target among them.

        A category's `most` frequent values are kept if they have `least` rows; the rest count as
        unknown, so that unknown is something that the network has seen.
        """
        target, pieces = frame[table.target].to_numpy(), edges.leaves(len(table.numbers))
        return cls(
            numbers={
                name: _scale(frame[name], target, table.task, pieces) for name in table.numbers
            },
            categories={name: _vocabulary(frame[name], most, least) for name in table.categories},
            derived=derived,
        )

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """The inverse of `to_json`."""
        numbers = {name: Scale(**scale) for name, scale in value["numbers"].items()}
        return cls(numbers, value["categories"], tuple(value["derived"]))

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return asdict(self)

    @property
    def sizes(self) -> list[int]:
        """Number of ids of each category, missing and unknown included."""
        return [len(vocabulary) + 2 for vocabulary in self.categories.values()]

    @property
    def signature(self) -> dict[str, tf.TensorSpec]:
        """The served model's inputs: one named scalar a raw column."""
        everything = self.everything.items()
        return {name: spec for name, spec in everything if name not in self.derived}

    @property
    def everything(self) -> dict[str, tf.TensorSpec]:
        """As `signature`, of raw and derived columns."""
        return signature(self.numbers, self.categories)

    def encode(self, inputs: dict[str, tf.Tensor]) -> tuple[tf.Tensor, tf.Tensor]:
        """Numbers float32 (rows, 2 x numbers) and category ids int32 (rows, categories)."""
        rows = tf.shape(next(iter(inputs.values())))[0]
        ids = [_encode_text(inputs[name], known) for name, known in self.categories.items()]
        return (
            _encode_numbers(inputs, self.numbers)
            if self.numbers
            else tf.zeros([rows, 0], tf.float32),
            tf.stack(ids, axis=1) if ids else tf.zeros([rows, 0], tf.int32),
        )


def signature(numbers: Iterable[str], categories: Iterable[str]) -> dict[str, tf.TensorSpec]:
    """Inputs of a graph: float32 (rows,) for each number, text (rows,) for each category."""
    kinds = dict.fromkeys(numbers, tf.float32) | dict.fromkeys(categories, tf.string)
    return {name: tf.TensorSpec([None], kind, name=name) for name, kind in kinds.items()}


def tensors(frame: pd.DataFrame, names: dict[str, tf.DType]) -> dict[str, tf.Tensor]:
    """Columns as the served model takes them: float32 with NaN, text with "" for missing.

    Raises MainlineError naming the columns that the frame lacks.
    """
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise MainlineError(f"the model reads columns that these rows lack: {', '.join(missing)}.")
    return {
        name: tf.constant(_texts(frame[name]) if dtype == tf.string else _numbers(frame[name]))
        for name, dtype in names.items()
    }


def _texts(values: pd.Series) -> np.ndarray:
    return values.astype("str").fillna("").to_numpy(object)


def _numbers(values: pd.Series) -> np.ndarray:
    try:
        return values.to_numpy(np.float32, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise MainlineError(f"the model reads '{values.name}' as a number: {error}.") from None


def _scale(values: pd.Series, target: np.ndarray, task: TaskName, pieces: int) -> Scale:
    everything = values.to_numpy(np.float64, na_value=np.nan)
    known = everything[np.isfinite(everything)]
    if not len(known):  # nulls are the validation's business; a scale must still be finite
        return Scale(0.0, 1.0, 0.0, 0.0, 0.0)
    mean, deviation = float(known.mean()), float(known.std())
    low, median, high = (float(value) for value in np.quantile(known, [0.01, 0.5, 0.99]))
    # A column that float32 holds as one value must not have its rounding blown up to a signal.
    constant = deviation <= max(FLOAT.tiny, FLOAT.eps * abs(mean))
    found = [] if constant else edges.learnt(everything, target, task, pieces)
    return Scale(mean, 1.0 if constant else deviation, median, low, high, found)


def _vocabulary(values: pd.Series, most: int, least: int) -> list[str]:
    counts = values[values.notna() & values.ne("")].astype("str").value_counts()
    counts = counts[counts >= least]
    ranked = sorted(counts.index, key=lambda name: (-counts[name], name))
    return sorted(ranked[:most])


def _encode_numbers(inputs: dict[str, tf.Tensor], scales: dict[str, Scale]) -> tf.Tensor:
    """All numbers at once, column by column in memory: a table may have hundreds of columns."""

    def every(part: str) -> tf.Tensor:
        return tf.constant([[getattr(scale, part)] for scale in scales.values()], tf.float32)

    values = tf.stack([inputs[name] for name in scales])
    missing = tf.math.is_nan(values)
    known = tf.where(missing, every("median"), values)
    scaled = tf.clip_by_value((known - every("mean")) / every("deviation"), -CLIP, CLIP)
    pairs = tf.stack([scaled, tf.cast(missing, tf.float32)], axis=1)
    return tf.transpose(tf.reshape(pairs, [2 * len(scales), tf.shape(values)[1]]))


def _encode_text(values: tf.Tensor, known: list[str]) -> tf.Tensor:
    if not known:
        return tf.where(tf.equal(values, ""), 0, 1)
    with tf.init_scope():  # numbers are found faster than texts
        hashes = tf.strings.to_hash_bucket_fast(known, BUCKETS).numpy()
    order = np.argsort(hashes)
    near = tf.searchsorted(hashes[order], tf.strings.to_hash_bucket_fast(values, BUCKETS))
    place = tf.gather(order.astype(np.int32), tf.minimum(near, len(known) - 1))
    found = tf.equal(tf.gather(tf.constant(known), place), values)
    return tf.where(tf.equal(values, ""), 0, tf.where(found, place + 2, 1))
