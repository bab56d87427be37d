"""The network. This is the file that a data scientist edits.

It receives encoded columns (see `preprocessing.py`) and returns one score a row. Whatever is built
here is trained, evaluated, gated and served as it stands: there is no second definition.
"""

import keras
from keras import layers, regularizers

from customer_churn.model.settings import TrainSettings


def build(numbers: int, sizes: list[int], settings: TrainSettings) -> keras.Model:
    """A model from encoded columns to the probability of the positive class.

    Inputs: `numbers`, float32 (rows, numbers), scaled values and missing indicators; `categories`,
    int32 (rows, len(sizes)), where column j holds ids below sizes[j] (0 missing, 1 unknown).
    Output: float32 (rows, 1) in 0..1.
    """
    number_input = keras.Input((numbers,), name="numbers", dtype="float32")
    category_input = keras.Input((len(sizes),), name="categories", dtype="int32")
    features: list[keras.KerasTensor] = [number_input] if numbers else []
    for column, size in enumerate(sizes):
        width = min(settings.embedding, size - 1)
        embedded = layers.Embedding(size, width, name=f"embedding_{column}")
        features.append(embedded(category_input[:, column]))
    hidden = layers.Concatenate(name="features")(features) if len(features) > 1 else features[0]
    for number, units in enumerate(settings.hidden):
        hidden = layers.Dense(
            units,
            activation="relu",
            kernel_regularizer=regularizers.L2(settings.l2),
            name=f"hidden_{number}",
        )(hidden)
        hidden = layers.Dropout(settings.dropout, name=f"dropout_{number}")(hidden)
    score = layers.Dense(1, activation="sigmoid", name="score")(hidden)
    return keras.Model([number_input, category_input], score, name="network")
