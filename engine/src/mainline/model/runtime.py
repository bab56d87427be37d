"""TensorFlow, set up the same way for every stage that computes with it."""

import keras
import tensorflow as tf


def deterministic(seed: int) -> None:
    """Fix every random choice, and every operation to the one order that gives the same bits.

    Products are float32's on every machine: a GPU would round their factors to 10 bits otherwise,
    and the judge scores on a CPU.
    """
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
    tf.config.experimental.enable_tensor_float_32_execution(False)


def device() -> str:
    """`GPU` when TensorFlow sees one, else `CPU`."""
    return "GPU" if tf.config.list_physical_devices("GPU") else "CPU"
