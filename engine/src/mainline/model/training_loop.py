"""The training loop: an epoch is one call of one TensorFlow function.

For rows as narrow as these, handing batches over from Python or `tf.data`, as `fit` does, costs as
much as learning from them.
"""

from collections.abc import Callable

import keras
import tensorflow as tf

from mainline.core.errors import MainlineError
from mainline.core.progress import say
from mainline.model.adam import Adam
from mainline.model.minibatches import Encoded
from mainline.model.settings import TrainSettings
from mainline.model.target import Target
from mainline.model.trained import BATCH

Epoch = Callable[[Encoded, tf.Tensor], tf.Tensor]
Loss = Callable[[Encoded], tf.Tensor]


def epoch_of(model: keras.Model, answers: Target, settings: TrainSettings) -> Epoch:
    """A function that learns from rows in the batches of an order; it returns their mean loss.

    It raises MainlineError when no weight has a part in the loss, and names those that have none.
    """
    optimizer = Adam(model.trainable_variables, settings.learning_rate)

    def epoch(rows: Encoded, order: tf.Tensor) -> tf.Tensor:
        total = tf.constant(0.0)
        steps = tf.shape(order)[0]
        batch = _taken(rows, order[0])
        for step in tf.range(steps):
            # Taken now, because the next step waits for this one's weights and not for its rows.
            following = _taken(rows, order[tf.minimum(step + 1, steps - 1)])
            numbers, categories, target = batch
            with tf.GradientTape() as tape:
                scores = model([numbers, categories], training=True)
                loss = tf.reduce_mean(answers.loss(target, scores))
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
                "In model/network.py something cuts the way from the output back to the inputs."
            )
        for weight in sorted(optimizer.idle - told):
            say("train", f"{weight} has no part in the loss: it stays as it began")
        told.update(optimizer.idle)
        return loss

    return learnt


def _taken(rows: Encoded, places: tf.Tensor) -> Encoded:
    numbers, categories, target = (tf.gather(column, places) for column in rows)
    return numbers, categories, target


def loss_of(model: keras.Model, answers: Target) -> Loss:
    """A function that returns the mean loss of rows and learns nothing."""

    def held_out(rows: Encoded) -> tf.Tensor:
        count = tf.shape(rows[2])[0]
        total = tf.constant(0.0)
        for start in tf.range(0, count, BATCH):
            numbers, categories, target = (column[start : start + BATCH] for column in rows)
            scores = model([numbers, categories], training=False)
            total += tf.reduce_sum(answers.loss(target, scores))
        return total / tf.cast(count, tf.float32)

    compiled: Loss = tf.function(held_out)
    return compiled
