"""A SavedModel whose bytes depend on the model alone, and the only reader of one."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow.core.protobuf import fingerprint_pb2

from customer_churn.core.errors import UserError
from customer_churn.core.files import sha256, tree_files
from customer_churn.model.preprocessing import tensors
from customer_churn.model.trained import BATCH, Trained

OUTPUT = "score"
FINGERPRINT = "fingerprint.pb"


def export(trained: Trained, directory: Path) -> None:
    """Write the SavedModel: raw columns in, `score` out, signature `serving_default`.

    A plain module with an explicit list of variables fixes their order in the checkpoint, and the
    fingerprint's random uuid is replaced by one made from the content.
    """
    module = tf.Module()
    module.model_variables = list(trained.network.weights)

    def serve(**inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        return {OUTPUT: trained(inputs)}

    signature = tf.function(serve).get_concrete_function(**trained.preprocessing.signature)
    tf.saved_model.save(module, str(directory), signatures={"serving_default": signature})
    _fix_fingerprint(directory)


def _fix_fingerprint(directory: Path) -> None:
    path = directory / FINGERPRINT
    fingerprint = fingerprint_pb2.FingerprintDef.FromString(path.read_bytes())
    others = [name for name in tree_files(directory) if name.as_posix() != FINGERPRINT]
    content = "".join(sha256((directory / name).read_bytes()) for name in others)
    fingerprint.uuid = sha256(content.encode())[:32]
    path.write_bytes(fingerprint.SerializeToString(deterministic=True))


class Scorer:
    """A SavedModel on disk, scored through its serving signature as TensorFlow Serving would."""

    def __init__(self, directory: Path) -> None:
        """Load it. Raises UserError when the bytes are no model of ours."""
        try:
            self._model: Any = tf.saved_model.load(str(directory))
            self._serve = self._model.signatures["serving_default"]
            _, inputs = self._serve.structured_input_signature
            self.inputs = {
                name: inputs[name].dtype for name in sorted(inputs)
            }  # TensorFlow has no order
            if OUTPUT not in self._serve.structured_outputs:
                raise KeyError(OUTPUT)
        except Exception as error:  # TensorFlow raises many kinds on damaged bytes
            first_line = str(error).partition("\n")[0][:200]
            raise UserError(
                f"{directory} cannot be loaded as a model: {type(error).__name__}: {first_line}"
            ) from None

    def score(self, frame: pd.DataFrame) -> np.ndarray:
        """Scores, float64 (rows,). Raises UserError naming input columns that `frame` lacks."""
        parts = [np.zeros(0)]  # no rows give no scores
        for start in range(0, len(frame), BATCH):
            rows = tensors(frame.iloc[start : start + BATCH], self.inputs)
            parts.append(self._serve(**rows)[OUTPUT].numpy())
        return np.concatenate(parts)
