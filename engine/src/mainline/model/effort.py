"""The work of a row, by which the cheaper of two models that answer alike ships.

It is counted, not timed: the same rows give the same model.
"""

import keras
import tensorflow as tf

from mainline.trees.masks import Masks

MASK = 33  # floating-point operations of a dense layer, as long as one mask (benchmark `trees`)


def operations(network: keras.Model) -> int:
    """Floating-point operations of a row, as far as TensorFlow's profiler knows their kinds."""
    row = [tf.TensorSpec((1, *each.shape[1:]), each.dtype) for each in network.inputs]
    answer = tf.function(lambda *inputs: network(list(inputs), training=False), autograph=False)
    graph = answer.get_concrete_function(*row).graph
    profiler = tf.compat.v1.profiler
    options = profiler.ProfileOptionBuilder(profiler.ProfileOptionBuilder.float_operation())
    logger = tf.get_logger()
    level = logger.level
    logger.setLevel("ERROR")  # it warns that TensorFlow 1 had it, too
    try:
        found = profiler.profile(graph, options=options.with_empty_output().build())
    finally:
        logger.setLevel(level)
    return int(found.total_float_ops)


def cheapest_first(network: keras.Model, trees: Masks) -> tuple[str, ...]:
    """Names of the candidates, in rising work."""
    if trees.work * MASK < operations(network):
        return ("trees", "network", "blend")
    return ("network", "trees", "blend")
