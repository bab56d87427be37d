"""The training loop: an epoch is one call of one TensorFlow function.

For rows as narrow as these, handing batches over from Python or `tf.data`, as `fit` does, costs as
much as learning from them.
"""

import math
from collections.abc import Callable

import keras
import tensorflow as tf

from mainline.core.errors import MainlineError
from mainline.core.progress import say
from mainline.model.adam import Adam, KerasOptimizer
from mainline.model.minibatches import Encoded
from mainline.model.prepared import at_once

Epoch = Callable[[Encoded, tf.Tensor], tf.Tensor]
Loss = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]  # of targets and outputs, for each row
HeldOut = Callable[[Encoded], tf.Tensor]


def epoch_of(model: keras.Model, loss_of_rows: Loss, optimizer: Adam | KerasOptimizer) -> Epoch:
    """A function that learns from rows in the batches of an order; it returns their mean loss.

    It raises MainlineError when no weight has a part in the loss, and names those that have none.
    """
    each_loss = tf.autograph.experimental.do_not_convert(loss_of_rows)

    def epoch(rows: Encoded, order: tf.Tensor) -> tf.Tensor:
        total = tf.constant(0.0)
        steps = tf.shape(order)[0]
        batch = _taken(rows, order[0])
        for step in tf.range(steps):
            # Taken now, because the next step waits for this one's weights and not for its rows.
            following = _taken(rows, order[tf.minimum(step + 1, steps - 1)])
            *inputs, target = batch
            with tf.GradientTape() as tape:
                outputs = model(inputs, training=True)
                loss = tf.reduce_mean(each_loss(_for_each(outputs, target), outputs))
                penalised = loss + sum(model.losses)
            gradients = tape.gradient(penalised, model.trainable_variables)
            optimizer.apply(gradients)
            total += loss
            batch = following
        return total / tf.cast(steps, tf.float32)

    compiled: Epoch = tf.function(epoch)
    told: set[str] = set()

    def learnt(rows: Encoded, order: tf.Tensor) -> tf.Tensor:
        loss = compiled(rows, order)
        if len(optimizer.idle) == len(model.trainable_variables):
            raise MainlineError(
                "training: no weight of the network has a part in the loss, so nothing is learnt. "
                "In network.py something cuts the way from the output back to the inputs."
            )
        for weight in sorted(optimizer.idle - told):
            say("train", f"{weight} has no part in the loss: it stays as it began")
        told.update(optimizer.idle)
        return loss

    return learnt


def _taken(rows: Encoded, places: tf.Tensor) -> Encoded:
    return tuple(tf.gather(column, places) for column in rows)


def _for_each(outputs: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """The target as often as a row has answers: members of an ensemble learn apart."""
    return tf.repeat(target, tf.shape(outputs)[0] // tf.shape(target)[0], axis=0)


def loss_of(model: keras.Model, loss_of_rows: Loss) -> HeldOut:
    """A function that returns the mean loss of rows and learns nothing."""
    each_loss = tf.autograph.experimental.do_not_convert(loss_of_rows)

    size = at_once(sum(math.prod(each.shape[1:]) for each in model.inputs))

    def held_out(rows: Encoded) -> tf.Tensor:
        count = tf.shape(rows[-1])[0]
        total = tf.constant(0.0)
        for start in tf.range(0, count, size):
            *inputs, target = [column[start : start + size] for column in rows]
            outputs = model(inputs, training=False)
            total += tf.reduce_sum(each_loss(target, outputs))
        return total / tf.cast(count, tf.float32)

    compiled: HeldOut = tf.function(held_out)
    return compiled
