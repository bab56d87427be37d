"""TensorFlow, set up the same way for every stage that computes with it."""

import os

import keras
import tensorflow as tf

# How large sums are cut, and so their last bits, follows the number of threads: a laptop and a CI
# machine of one CPU class must use as many. Read when TensorFlow first computes.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "4")


def deterministic(seed: int) -> None:
    """Fix every random choice, and every operation to the one order that gives the same bits."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


def device() -> str:
    """`GPU` when TensorFlow sees one, else `CPU`."""
    return "GPU" if tf.config.list_physical_devices("GPU") else "CPU"
