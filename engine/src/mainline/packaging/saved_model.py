"""A SavedModel whose bytes depend on the model alone, and the scores of one."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow.core.protobuf import fingerprint_pb2

from mainline.core.errors import MainlineError
from mainline.core.files import sha256, tree_files
from mainline.model.preprocessing import tensors
from mainline.model.trained import BATCH, Trained
from mainline.packaging.loaded import Loaded, reason, unusable

OUTPUT = "score"
LABEL = "label"  # multiclass: the class with the highest score
FINGERPRINT = "fingerprint.pb"


def export(trained: Trained, directory: Path) -> None:
    """Write the SavedModel: raw columns in, `score` out, signature `serving_default`.

    A multiclass model also returns `label`, found by place in a constant: a lookup table would
    make the bytes differ from run to run.

    A plain module with an explicit list of variables fixes their order in the checkpoint, and the
    fingerprint's random uuid is replaced by one made from the content.
    """
    module = tf.Module()
    # TensorFlow's own variables, not Keras's wrappers around them: a wrapper is saved as a second
    # variable, and a server's loader restores that one while the graph reads the other.
    module.model_variables = [weight.value for weight in trained.network.weights]

    def serve(**inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        scores = trained(inputs)
        if trained.target.task != "multiclass":
            return {OUTPUT: scores}
        labels = tf.constant(trained.target.labels)
        return {OUTPUT: scores, LABEL: tf.gather(labels, tf.argmax(scores, axis=1))}

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
    """Scores of a packaged model, which is loaded as TensorFlow Serving loads it."""

    def __init__(self, directory: Path) -> None:
        """Load it. Raises MainlineError when the bytes are no model of ours."""
        self._model = Loaded(directory)
        try:
            signature = self._model.signatures["serving_default"]
            self.inputs = {
                name: tf.as_dtype(signature.inputs[name].dtype) for name in sorted(signature.inputs)
            }
            self._names = {name: signature.inputs[name].name for name in self.inputs}
            output = signature.outputs[OUTPUT]
            self._output = output.name
            self._row = tuple(max(each.size, 0) for each in output.tensor_shape.dim[1:])
            if not self._output:
                raise KeyError(OUTPUT)
        except Exception as error:  # a signature may hold anything
            raise unusable(directory, error) from None

    def score(self, frame: pd.DataFrame) -> np.ndarray:
        """Scores, float64 (rows,), multiclass (rows, classes).

        Raises MainlineError naming input columns that `frame` lacks.
        """
        parts = [np.zeros((0, *self._row))]  # no rows give no scores
        for start in range(0, len(frame), BATCH):
            rows = tensors(frame.iloc[start : start + BATCH], self.inputs)
            feeds = {self._names[name]: value.numpy() for name, value in rows.items()}
            try:
                parts.append(self._model.run(self._output, feeds))
            except tf.errors.OpError as error:
                raise MainlineError(f"the packaged model cannot score: {reason(error)}") from None
        return self._joined(parts, len(frame))

    def _joined(self, parts: list[np.ndarray], rows: int) -> np.ndarray:
        """What the batches gave, one score or one row of scores each; no other shape is scores."""
        try:
            scores = np.concatenate(parts, dtype=np.float64)
        except (ValueError, TypeError):
            scores = np.zeros(0)
        if scores.shape != (rows, *self._row):
            raise MainlineError(
                f"the packaged model gives scores of shape {list(parts[-1].shape)}, not one (or "
                f"one for each class) for each of {rows} rows."
            )
        return scores

    def calls(self, frame: pd.DataFrame) -> list[Callable[[], Any]]:
        """One call a row with its inputs converted beforehand: the model is left, to be timed."""
        run = self._model.callable(self._output, list(self._names.values()))
        columns = [value.numpy() for value in tensors(frame, self.inputs).values()]
        return [
            functools.partial(run, *(column[row : row + 1] for column in columns))
            for row in range(len(frame))
        ]
