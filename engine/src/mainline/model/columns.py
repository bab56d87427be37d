"""What `network.build` receives: the columns with their statistics and tensors, and the task."""

from dataclasses import dataclass

import keras

from mainline.core.table import TaskName
from mainline.model.preprocessing import Preprocessing, Scale
from mainline.model.target import Target

ACTIVATIONS: dict[TaskName, str] = {
    "binary": "sigmoid",
    "multiclass": "softmax",
    "regression": "linear",
}
SCALED, IDS, RAW = "numbers", "categories", "raw_"  # the names of a network's inputs


@dataclass(frozen=True)
class Number:
    """A number: of the table, or `derived` by features.py.

    `raw` is float32 (rows,) with NaN for missing; `encoded` is float32 (rows, 2), the value scaled
    to mean 0 and deviation 1, missing ones by the median, and an indicator of missing.
    """

    name: str
    derived: bool
    scale: Scale
    raw: keras.KerasTensor
    encoded: keras.KerasTensor

    @property
    def edges(self) -> list[float]:
        """Values between which the target changes, in rising order, learnt from training rows."""
        return self.scale.edges


@dataclass(frozen=True)
class Category:
    """A category: of the table, or `derived` by features.py.

    `vocabulary` holds the values that training knows. `raw` is text (rows,) with "" for missing;
    `encoded` is an id, int32 (rows,): 0 missing, 1 unknown, then the vocabulary in order.
    """

    name: str
    derived: bool
    vocabulary: tuple[str, ...]
    raw: keras.KerasTensor
    encoded: keras.KerasTensor

    @property
    def size(self) -> int:
        """How many ids there are."""
        return len(self.vocabulary) + 2


@dataclass(frozen=True)
class Columns:
    """The columns of the model, in the order of params.yaml, derived ones behind their own kind.

    `scaled` is the `encoded` of all numbers side by side, float32 (rows, 2 x numbers); `ids` that
    of all categories, int32 (rows, categories). A network's inputs are `inputs`, and the `raw`
    tensors that it reads besides: `keras.Model([*columns.inputs, columns.numbers[0].raw], …)`.
    """

    numbers: tuple[Number, ...]
    categories: tuple[Category, ...]
    scaled: keras.KerasTensor
    ids: keras.KerasTensor

    @property
    def inputs(self) -> list[keras.KerasTensor]:
        """What `keras.Model` takes as inputs."""
        return [self.scaled, self.ids]

    @classmethod
    def of(cls, preprocessing: Preprocessing) -> "Columns":
        """With new input tensors."""
        derived, sizes = preprocessing.derived, preprocessing.sizes
        scaled = keras.Input((2 * len(preprocessing.numbers),), name=SCALED, dtype="float32")
        ids = keras.Input((len(sizes),), name=IDS, dtype="int32")
        numbers = tuple(
            Number(
                name, name in derived, scale, _raw(name, "float32"), scaled[:, 2 * at : 2 * at + 2]
            )
            for at, (name, scale) in enumerate(preprocessing.numbers.items())
        )
        categories = tuple(
            Category(name, name in derived, tuple(known), _raw(name, "string"), ids[:, at])
            for at, (name, known) in enumerate(preprocessing.categories.items())
        )
        return cls(numbers, categories, scaled, ids)


@dataclass(frozen=True)
class Task:
    """What the network has to answer: `width` values a row, as `activation` gives them.

    binary: the probability of the positive label. multiclass: a probability for each of `classes`.
    regression: the amount, in deviations from its mean.
    """

    name: TaskName
    classes: tuple[str, ...]
    width: int

    @property
    def activation(self) -> str:
        """The activation of the last layer, for Keras."""
        return ACTIVATIONS[self.name]

    @classmethod
    def of(cls, target: Target) -> "Task":
        """The task of a target."""
        return cls(target.task, tuple(target.labels), target.width)


def _raw(name: str, dtype: str) -> keras.KerasTensor:
    return keras.Input((), name=f"{RAW}{name}", dtype=dtype)
