"""The network of the small project: what engine tests train."""

from typing import Annotated

import keras
from keras import layers, regularizers
from pydantic import Field

from mainline.extension import Columns, Settings, Task


class Options(Settings):
    """The section `train.options` of params.yaml."""

    hidden: list[Annotated[int, Field(gt=0)]] = Field(default=[64, 32])  # units of each layer
    dropout: float = Field(default=0.1, ge=0, lt=1)
    l2: float = Field(default=0.0, ge=0)
    embedding: int = Field(default=4, gt=0)  # the most dimensions of a category


def build(columns: Columns, options: Options, task: Task) -> keras.Model:
    """A multilayer perceptron over scaled numbers and embedded categories.

    Output: float32 (rows, task.width).
    """
    features = [columns.scaled] if columns.numbers else []
    for place, category in enumerate(columns.categories):
        depth = min(options.embedding, category.size - 1)
        embedded = layers.Embedding(category.size, depth, name=f"embedding_{place}")
        features.append(embedded(category.encoded))
    hidden = layers.Concatenate(name="features")(features) if len(features) > 1 else features[0]
    penalty = regularizers.L2(options.l2) if options.l2 else None
    for place, units in enumerate(options.hidden):
        dense = layers.Dense(
            units, activation="relu", kernel_regularizer=penalty, name=f"hidden_{place}"
        )
        hidden = layers.Dropout(options.dropout, name=f"dropout_{place}")(dense(hidden))
    score = layers.Dense(task.width, activation=task.activation, name="score")(hidden)
    return keras.Model(columns.inputs, score, name="network")
