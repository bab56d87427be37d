"""TensorFlow, set up the same way for every stage that computes with it."""

import keras
import tensorflow as tf


def deterministic(seed: int) -> None:
    """Fix every random choice, and every operation to the one order that gives the same bits."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


def device() -> str:
    """`GPU` when TensorFlow sees one, else `CPU`."""
    return "GPU" if tf.config.list_physical_devices("GPU") else "CPU"
