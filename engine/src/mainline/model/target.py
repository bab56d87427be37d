"""What the network answers: how the target is learnt, and how its output becomes a score."""

from dataclasses import asdict, dataclass, field
from typing import Any, Self

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from mainline.core.errors import MainlineError
from mainline.core.table import TableSettings, TaskName

FLOAT = np.finfo(np.float32)
MOST = 1e30  # an amount; far enough from where float32 ends


@dataclass(frozen=True)
class Target:
    """The task, its classes, and what training rows say of a regression's target.

    A network learns amounts of the size of 1 best, so it sees (amount - mean) / deviation; the way
    back is part of the graph.
    """

    task: TaskName
    labels: list[str] = field(default_factory=list)
    mean: float = 0.0
    deviation: float = 1.0

    @classmethod
    def fit(cls, values: pd.Series, table: TableSettings) -> Self:
        """From the target of the training rows. Raises MainlineError when it is always the same."""
        if table.task != "regression":
            return cls(table.task, table.labels)
        mean, deviation = float(values.mean()), float(values.std(ddof=0))
        if not values.abs().max() <= MOST:
            raise MainlineError(
                f"training: '{table.target}' holds {values.abs().max():g}, and a model that is "
                f"served in float32 answers no more than {MOST:.0e}. Take another unit."
            )
        if deviation <= max(FLOAT.tiny, FLOAT.eps * abs(mean)):
            raise MainlineError(
                f"training: '{table.target}' is {mean:g} in all training rows, as far as float32 "
                "can tell: there is nothing to learn."
            )
        return cls(table.task, [], mean, deviation)

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """The inverse of `to_json`."""
        return cls(**value)

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return asdict(self)

    @property
    def width(self) -> int:
        """Values that the network returns for a row."""
        return len(self.labels) if self.task == "multiclass" else 1

    @property
    def scale(self) -> float:
        """The size of scores, to which rounding is in proportion."""
        return abs(self.mean) + self.deviation if self.task == "regression" else 1.0

    def encode(self, values: pd.Series) -> np.ndarray:
        """The target as `loss` reads it, float32 (rows, 1)."""
        amounts = (values.to_numpy(np.float64) - self.mean) / self.deviation
        return amounts.astype(np.float32)[:, np.newaxis]

    def loss(self, target: tf.Tensor, outputs: tf.Tensor) -> tf.Tensor:
        """Each row's loss (rows,): cross-entropy, or the squared error in deviations."""
        if self.task == "multiclass":
            return keras.losses.sparse_categorical_crossentropy(target[:, 0], outputs)
        if self.task == "regression":
            return keras.losses.mean_squared_error(target, outputs)
        return keras.losses.binary_crossentropy(target, outputs)

    def outputs(self, sums: tf.Tensor) -> tf.Tensor:
        """Outputs as the network's, float32 (rows, width), of sums of leaves, float64 likewise."""
        activation = {"binary": tf.sigmoid, "multiclass": tf.nn.softmax}.get(self.task, tf.identity)
        return tf.cast(activation(sums), tf.float32)

    def scores(self, outputs: tf.Tensor) -> tf.Tensor:
        """What is served: multiclass (rows, classes), else (rows,); amounts in their own unit."""
        if self.task == "multiclass":
            return outputs
        scores = tf.reshape(outputs, [-1])
        return scores if self.task == "binary" else scores * self.deviation + self.mean
