"""The network. This is the file that a data scientist edits.

It receives encoded columns (see `preprocessing.py`) and returns what the task asks of a row: a
probability, one for each class, or an amount. Whatever is built
here is trained, evaluated, gated and served as it stands: there is no second definition.
"""

import keras
from keras import layers, regularizers

from mainline.core.table import TaskName
from mainline.model.settings import TrainSettings

# The last layer's activation. What it returns, and the loss that fits it, is `target.py`'s.
ACTIVATIONS: dict[TaskName, str] = {
    "binary": "sigmoid",  # the probability of the positive label
    "multiclass": "softmax",  # a probability for each class, in the order of `table.classes`
    "regression": "linear",  # the amount, in deviations from its mean
}


def build(
    numbers: int, sizes: list[int], settings: TrainSettings, task: TaskName, answers: int
) -> keras.Model:
    """A model from encoded columns to the task's answer.

    Inputs: `numbers`, float32 (rows, numbers), scaled values and missing indicators; `categories`,
    int32 (rows, len(sizes)), where column j holds ids below sizes[j] (0 missing, 1 unknown).
    Output: float32 (rows, answers); multiclass answers for each class, the other tasks once.
    """
    number_input = keras.Input((numbers,), name="numbers", dtype="float32")
    category_input = keras.Input((len(sizes),), name="categories", dtype="int32")
    features: list[keras.KerasTensor] = [number_input] if numbers else []
    for column, size in enumerate(sizes):
        depth = min(settings.embedding, size - 1)
        embedded = layers.Embedding(size, depth, name=f"embedding_{column}")
        features.append(embedded(category_input[:, column]))
    penalty = regularizers.L2(settings.l2) if settings.l2 else None
    hidden = layers.Concatenate(name="features")(features) if len(features) > 1 else features[0]
    for number, units in enumerate(settings.hidden):
        hidden = layers.Dense(
            units,
            activation="relu",
            kernel_regularizer=penalty,
            name=f"hidden_{number}",
        )(hidden)
        hidden = layers.Dropout(settings.dropout, name=f"dropout_{number}")(hidden)
    score = layers.Dense(answers, activation=ACTIVATIONS[task], name="score")(hidden)
    return keras.Model([number_input, category_input], score, name="network")
