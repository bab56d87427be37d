"""An ensemble of networks that share all but their ends (TabM-mini, Gorishniy et al. 2025)."""

from typing import Any

import keras
from keras import ops


class Members(keras.layers.Layer):
    """Every row once for each member, (rows, width) to (rows x members, width).

    Each member scales the row by a vector of its own, which begins with random signs. What comes
    after is shared by all of them and sees rows; `MembersAnswer` ends it.
    """

    def __init__(self, members: int, **settings: Any) -> None:
        super().__init__(**settings)
        self.members = members

    def build(self, shape: tuple[int | None, int]) -> None:
        """Make the weights."""
        self.scale = self.add_weight((self.members, shape[-1]), _signs, name="scale")

    def call(self, values: Any) -> Any:
        """Scale rows; the members of a row stand together."""
        each = ops.expand_dims(values, 1) * self.scale
        return ops.reshape(each, (-1, self.scale.shape[-1]))


class MembersAnswer(keras.layers.Layer):
    """Each member's own last layer, and their mean: (rows x members, width) to (rows, units).

    In training the answers stay apart, (rows x members, units): each member has its own loss.
    """

    def __init__(self, units: int, members: int, activation: str, **settings: Any) -> None:
        super().__init__(**settings)
        self.units, self.members = units, members
        self.activation = keras.activations.get(activation)

    def build(self, shape: tuple[int | None, int]) -> None:
        """Make the weights."""
        width = shape[-1]
        initial = keras.initializers.RandomUniform(-(width**-0.5), width**-0.5)
        self.kernel = self.add_weight((self.members, width, self.units), initial, name="kernel")
        self.bias = self.add_weight((self.members, self.units), "zeros", name="bias")

    def call(self, values: Any, training: bool | None = None) -> Any:
        """The mean, or in training every member's answer."""
        apart = ops.reshape(values, (-1, self.members, self.kernel.shape[1]))
        found = ops.einsum("rmw,mwu->rmu", apart, self.kernel) + self.bias
        answers = self.activation(found)
        return ops.reshape(answers, (-1, self.units)) if training else ops.mean(answers, axis=1)


def _signs(shape: tuple[int, ...], dtype: Any = None) -> Any:
    return ops.cast(2 * keras.random.randint(shape, 0, 2) - 1, dtype)
