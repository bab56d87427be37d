"""A SavedModel whose bytes depend on the model alone, and the scores of one."""

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow.core.protobuf import fingerprint_pb2
from tensorflow.python.saved_model import fingerprinting_utils

from mainline.core.errors import MainlineError
from mainline.core.files import sha256, tree_files
from mainline.graph.folder import GRAPH
from mainline.model.features import column
from mainline.model.prepared import BATCH, Prepared
from mainline.model.preprocessing import tensors
from mainline.model.trained import Trained
from mainline.packaging.loaded import Loaded, reason, unusable
from mainline.packaging.numbering import renumbered

OUTPUT = "score"
LABEL = "label"  # multiclass: the class with the highest score
FINGERPRINT = "fingerprint.pb"
# Signatures: raw columns to the answer, to raw and derived columns, and those to the answer.
SERVED, FEATURES, FROM_FEATURES = "serving_default", "features", "from_features"


def export(trained: Trained, directory: Path) -> None:
    """Write the SavedModel: raw columns in, `score` out, signature `serving_default`.

    Signature `features` gives raw and derived columns; `from_features` scores those, so that one
    can ask what a derived column is worth without the code that derives it.

    A multiclass model also returns `label`, found by place in a constant: a lookup table would
    make the bytes differ from run to run.

    The bytes depend on the model alone. A plain module with an explicit list of variables fixes
    their order in the checkpoint, names are numbered anew, and the fingerprint's random uuid is
    replaced by one made from the content.
    """
    module = tf.Module()
    module.model_variables = trained.variables

    def serve(**inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        scores = trained(inputs)
        if trained.target.task != "multiclass":
            return {OUTPUT: scores}
        labels = tf.constant(trained.target.labels)
        return {OUTPUT: scores, LABEL: tf.gather(labels, tf.argmax(scores, axis=1))}

    def features(**inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        return trained.features(inputs)

    def from_features(**columns: tf.Tensor) -> dict[str, tf.Tensor]:
        return {OUTPUT: trained.answer(columns)}

    raw, everything = trained.preprocessing.signature, trained.preprocessing.everything
    functions = {SERVED: (serve, raw), FEATURES: (features, raw)}
    if trained.derived:
        functions[FROM_FEATURES] = (from_features, everything)
    signatures = {
        name: tf.function(function, autograph=False).get_concrete_function(**specs)
        for name, (function, specs) in functions.items()
    }
    tf.saved_model.save(module, str(directory), signatures=signatures)
    graph = directory / GRAPH
    graph.write_bytes(renumbered(graph.read_bytes()))
    fingerprinting_utils.write_fingerprint(str(directory))
    _fix_fingerprint(directory)


def _fix_fingerprint(directory: Path) -> None:
    path = directory / FINGERPRINT
    fingerprint = fingerprint_pb2.FingerprintDef.FromString(path.read_bytes())
    others = [name for name in tree_files(directory) if name.as_posix() != FINGERPRINT]
    content = "".join(sha256((directory / name).read_bytes()) for name in others)
    fingerprint.uuid = sha256(content.encode())[:32]
    path.write_bytes(fingerprint.SerializeToString(deterministic=True))


@dataclass(frozen=True)
class _Signature:
    """Inputs with their types, and the names of tensors in the graph."""

    inputs: dict[str, tf.DType]
    feeds: dict[str, str]
    outputs: dict[str, str]

    @classmethod
    def of(cls, definition: Any) -> "_Signature":
        inputs = {
            name: tf.as_dtype(definition.inputs[name].dtype) for name in sorted(definition.inputs)
        }
        feeds = {name: definition.inputs[name].name for name in inputs}
        outputs = {name: each.name for name, each in sorted(definition.outputs.items())}
        return cls(inputs, feeds, outputs)

    def converted(self, frame: pd.DataFrame, names: Sequence[str]) -> dict[str, np.ndarray]:
        rows = tensors(frame, {name: self.inputs[name] for name in names})
        return {name: value.numpy() for name, value in rows.items()}

    def fed(self, frame: pd.DataFrame) -> dict[str, np.ndarray]:
        columns = self.converted(frame, list(self.inputs))
        return {self.feeds[name]: values for name, values in columns.items()}


class Scorer:
    """Scores of a packaged model, which is loaded as TensorFlow Serving loads it.

    `inputs` are the raw columns that it reads, `derived` those that it computes of them. `content`
    is the content hash of what was loaded.
    """

    def __init__(self, directory: Path, also: frozenset[str] = frozenset()) -> None:
        """Load it as `Loaded` does. Raises MainlineError when the bytes are no model of ours."""
        self._model = Loaded(directory, also)
        self.content = self._model.content
        found = self._model.signatures
        try:
            self._served = _Signature.of(found[SERVED])
            self.inputs = self._served.inputs
            output = found[SERVED].outputs[OUTPUT]
            self._row = tuple(max(each.size, 0) for each in output.tensor_shape.dim[1:])
            if not output.name:
                raise KeyError(OUTPUT)
            self._features = _Signature.of(found[FEATURES]) if FROM_FEATURES in found else None
            self._answer = _Signature.of(found[FROM_FEATURES]) if self._features else self._served
        except Exception as error:  # a signature may hold anything
            raise unusable(directory, error) from None
        self.derived = tuple(name for name in self._answer.inputs if name not in self.inputs)

    def score(self, frame: pd.DataFrame) -> np.ndarray:
        """Scores, float64 (rows,), multiclass (rows, classes).

        Raises MainlineError naming input columns that `frame` lacks.
        """
        return self._scored(self._served, frame)

    def prepared(self, frame: pd.DataFrame) -> Prepared:
        """`score` of these rows with other values in some columns, asked again and again."""
        return self._prepared(self._served, frame)

    def score_added(self, frame: pd.DataFrame) -> np.ndarray:
        """As `score`, from raw and derived columns as they stand in `frame`."""
        return self._scored(self._answer, frame)

    def prepared_added(self, frame: pd.DataFrame) -> Prepared:
        """As `prepared`, from raw and derived columns as they stand in `frame`."""
        return self._prepared(self._answer, frame)

    def added(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Rows of raw columns with the derived ones, as the model computes them."""
        if self._features is None or frame.empty:
            return frame
        outputs = {name: self._features.outputs[name] for name in self.derived}
        parts = [_run(self._model.run, outputs, self._features.fed(part)) for part in _parts(frame)]
        whole = {name: np.concatenate([part[name] for part in parts]) for name in self.derived}
        return frame.assign(**{name: column(each, frame.index) for name, each in whole.items()})

    def _scored(self, signature: _Signature, frame: pd.DataFrame) -> np.ndarray:
        parts = [np.zeros((0, *self._row))]  # no rows give no scores
        parts.extend(self._prepared(signature, part)({}) for part in _parts(frame))
        return np.concatenate(parts)

    def _prepared(self, signature: _Signature, frame: pd.DataFrame) -> Prepared:
        names = list(signature.inputs)
        run = self._model.callable(signature.outputs[OUTPUT], list(signature.feeds.values()))

        def answer(columns: dict[str, np.ndarray]) -> np.ndarray:
            arrays = [columns[name] for name in names]
            return self._checked(_run(run, *arrays), len(arrays[0]))

        return Prepared(frame, names, signature.converted, answer)

    def _checked(self, found: np.ndarray, rows: int) -> np.ndarray:
        """What the model gave: one score or one row of scores a row. No other shape is scores."""
        if found.shape != (rows, *self._row) or found.dtype.kind != "f":
            raise MainlineError(
                f"the packaged model gives scores of shape {list(found.shape)}, not one (or one "
                f"for each class) for each of {rows} rows."
            )
        return found

    def calls(self, frame: pd.DataFrame) -> list[Callable[[], Any]]:
        """One call a row with its inputs converted beforehand: the model is left, to be timed."""
        feeds = list(self._served.feeds.values())
        run = self._model.callable(self._served.outputs[OUTPUT], feeds)
        columns = [value.numpy() for value in tensors(frame, self.inputs).values()]
        return [
            functools.partial(run, *(column[row : row + 1] for column in columns))
            for row in range(len(frame))
        ]


def _run(run: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return run(*arguments)
    except tf.errors.OpError as error:
        raise MainlineError(f"the packaged model cannot score: {reason(error)}") from None


def _parts(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for start in range(0, len(frame), BATCH):
        yield frame.iloc[start : start + BATCH]
