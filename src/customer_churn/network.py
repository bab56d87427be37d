"""The network: from encoded columns to the answer that the task needs.

What is built here is trained, evaluated, judged and served: there is no second definition.
"""

from typing import Annotated

import keras
from keras import layers
from mainline.extension import (
    CategoryEmbedding,
    Columns,
    Members,
    MembersAnswer,
    NumberEmbedding,
    PiecewiseLinear,
    Settings,
    Task,
)
from pydantic import Field

FEATURES = 1024  # of all columns together


class Options(Settings):
    """The section `train.options` of params.yaml."""

    members: int = Field(default=8, gt=0)  # networks in the ensemble
    hidden: list[Annotated[int, Field(gt=0)]] = Field(default=[128, 128])  # units of each layer
    dropout: float = Field(default=0.1, ge=0, lt=1)
    embedding: int = Field(default=16, gt=0)  # dimensions of each column, fewer of many columns


def build(columns: Columns, options: Options, task: Task) -> keras.Model:
    """An ensemble of multilayer perceptrons that share most weights, over embedded columns.

    Output: float32 (rows, task.width).
    """
    count = len(columns.numbers) + len(columns.categories)
    width = max(1, min(options.embedding, FEATURES // count))
    parts = []
    if columns.numbers:
        pieces = PiecewiseLinear(columns.numbers, name="pieces")(columns.scaled)
        parts.append(NumberEmbedding(width, name="numbers_embedded")(pieces))
    if columns.categories:
        embedded = CategoryEmbedding(columns.categories, width, name="ids_embedded")
        parts.append(embedded(columns.ids))
    together = layers.Concatenate(axis=1, name="columns")(parts) if len(parts) > 1 else parts[0]
    features = layers.Flatten(name="features")(together)
    hidden = Members(options.members, name="members")(features)  # from here on the members' rows
    for place, units in enumerate(options.hidden):
        dense = layers.Dense(units, "relu", kernel_initializer="he_uniform", name=f"hidden_{place}")
        hidden = layers.Dropout(options.dropout, name=f"dropout_{place}")(dense(hidden))
    score = MembersAnswer(task.width, options.members, task.activation, name="score")(hidden)
    return keras.Model(columns.inputs, score, name="network")
