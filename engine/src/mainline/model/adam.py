"""Adam, one operation a weight: for networks as small as these, starting operations costs most."""

from collections.abc import Iterator
from contextlib import contextmanager

import keras
import tensorflow as tf

FIRST, SECOND, EPSILON = 0.9, 0.999, 1e-7  # decay of both moments, as Keras has them
MEAN = 0.99  # decay of the weights' mean: about the last 100 steps


class Adam:
    """Adam (Kingma and Ba, 2015) for the weights of one network; beside it stands its own state.

    It keeps the weights' running means over the last steps, which answer better than the weights of
    any one step (Polyak and Juditsky, 1992).
    """

    def __init__(self, weights: list[keras.Variable], learning_rate: float) -> None:
        self._weights, self._learning_rate = weights, learning_rate
        self._means = [tf.Variable(weight.value) for weight in weights]
        self._steps = tf.Variable(0.0)
        self._moments = [
            tuple(tf.Variable(tf.zeros(weight.shape, weight.dtype)) for _ in "mv")
            for weight in weights
        ]
        self._powers = tf.Variable(FIRST), tf.Variable(SECOND)  # of the decays, to the next step
        self.idle: set[str] = set()  # weights without a part in the loss, known after a step

    def apply(self, gradients: list[tf.Tensor | tf.IndexedSlices | None]) -> None:
        """Take one step against the gradients, one for each weight, and hold its constraint.

        A weight without a gradient has no part in the loss and stays: see `idle`.
        """
        first, second = self._powers
        for weight, moments, gradient in zip(self._weights, self._moments, gradients, strict=True):
            if gradient is None:
                self.idle.add(weight.path)
                continue
            tf.raw_ops.ResourceApplyAdam(
                var=weight.value.handle,
                m=moments[0].handle,
                v=moments[1].handle,
                beta1_power=tf.cast(first, weight.dtype),
                beta2_power=tf.cast(second, weight.dtype),
                lr=self._learning_rate,
                beta1=FIRST,
                beta2=SECOND,
                epsilon=EPSILON,
                grad=tf.convert_to_tensor(gradient),
            )
            if weight.constraint is not None:
                weight.assign(weight.constraint(weight))
        first.assign(first * FIRST)
        second.assign(second * SECOND)
        self._steps.assign_add(1.0)
        new = 1 - tf.minimum(MEAN, self._steps / (9 + self._steps))  # the beginning fades sooner
        for weight, mean in zip(self._weights, self._means, strict=True):
            mean.assign_add(tf.cast(new, weight.dtype) * (weight.value - mean))

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """In the block the network's weights are their means."""
        self._swap()
        yield
        self._swap()

    def _swap(self) -> None:
        for weight, mean in zip(self._weights, self._means, strict=True):
            value = tf.identity(weight.value)
            weight.assign(mean)
            mean.assign(value)


class KerasOptimizer:
    """An optimizer of Keras for the weights of one network, called as `Adam` is.

    It averages no weights: `use_ema` is its owner's to set.
    """

    def __init__(
        self, optimizer: keras.optimizers.Optimizer, weights: list[keras.Variable]
    ) -> None:
        self._optimizer, self._weights = optimizer, weights
        self.idle: set[str] = set()
        optimizer.build(weights)

    def apply(self, gradients: list[tf.Tensor | tf.IndexedSlices | None]) -> None:
        """Take one step against the gradients, one for each weight. See `Adam.apply`."""
        pairs = list(zip(gradients, self._weights, strict=True))
        self.idle |= {weight.path for gradient, weight in pairs if gradient is None}
        found = [(gradient, weight) for gradient, weight in pairs if gradient is not None]
        if found:
            self._optimizer.apply([each for each, _ in found], [weight for _, weight in found])

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """The weights stay as they are."""
        yield
