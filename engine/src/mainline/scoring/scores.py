"""The scores of a batch of rows, with a reason for each row that has none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import tensorflow as tf

from mainline.core.errors import MainlineError
from mainline.packaging.loaded import Loaded, reason, unusable
from mainline.packaging.saved_model import LABEL, OUTPUT, SERVED
from mainline.process.imports import hushed

# Any row can be the cause of these; other errors are the machine's.
OF_A_ROW = (
    tf.errors.InvalidArgumentError,
    tf.errors.OutOfRangeError,
    tf.errors.FailedPreconditionError,
    tf.errors.UnimplementedError,
)


@dataclass(frozen=True)
class Scores:
    """`scores` (rows,) or (rows, classes), `labels` (rows,) as bytes if multiclass.

    `errors` has the place and the reason of each row without a score.
    """

    scores: np.ndarray
    labels: np.ndarray | None = None
    errors: dict[int, str] = field(default_factory=dict)


class BatchScorer:
    """A packaged model that scores arrays, loaded as TensorFlow Serving loads it.

    `inputs` are the types of its inputs, sorted by name: float32 or string. `row` is the shape of a
    row's scores: () or (classes,).
    """

    def __init__(self, directory: Path, also: frozenset[str] = frozenset()) -> None:
        """Load it as `Loaded` does. Raises MainlineError when the bytes are no model of ours."""
        with hushed():
            self._model = Loaded(directory, also)
        try:
            served = self._model.signatures[SERVED]
            self._feeds = {name: each.name for name, each in sorted(served.inputs.items())}
            self.inputs = {name: tf.as_dtype(served.inputs[name].dtype) for name in self._feeds}
            if not set(self.inputs.values()) <= {tf.float32, tf.string}:
                raise TypeError(f"inputs of the types {self.inputs}")
            self._fetches = {name: served.outputs[name].name for name in sorted(served.outputs)}
            output = served.outputs[OUTPUT]
            self.row = tuple(max(each.size, 0) for each in output.tensor_shape.dim[1:])
        except Exception as error:  # a signature may hold anything
            raise unusable(directory, error) from None
        self.labelled = LABEL in self._fetches

    def score(self, arrays: Mapping[str, np.ndarray]) -> Scores:
        """Score rows. Where the graph refuses a batch, its halves are scored, down to one row."""
        rows = len(next(iter(arrays.values())))
        try:
            feeds = {self._feeds[name]: each for name, each in arrays.items()}
            found = self._model.run(self._fetches, feeds)
        except OF_A_ROW as error:
            if rows == 1:
                return self._refused(reason(error))
            halves = (slice(rows // 2), slice(rows // 2, rows))
            return _joined(
                *(
                    self.score({name: each[half] for name, each in arrays.items()})
                    for half in halves
                )
            )
        except tf.errors.OpError as error:
            raise MainlineError(f"the model cannot score: {reason(error)}") from None
        scores = found[OUTPUT]
        if scores.shape != (rows, *self.row):
            raise MainlineError(
                f"the model gives scores of shape {list(scores.shape)} for {rows} rows."
            )
        whole = np.isfinite(scores).reshape(rows, -1).all(axis=1)
        errors = {
            int(row): f"the score is {scores[row].tolist()}" for row in np.flatnonzero(~whole)
        }
        return Scores(scores, found.get(LABEL), errors)

    def close(self) -> None:
        """Release the session's memory."""
        self._model.close()

    def _refused(self, reason: str) -> Scores:
        labels = np.array([b""], object) if self.labelled else None
        return Scores(np.full((1, *self.row), np.nan, np.float32), labels, {0: reason})


def _joined(one: Scores, other: Scores) -> Scores:
    labels = None
    if one.labels is not None and other.labels is not None:
        labels = np.concatenate([one.labels, other.labels])
    moved = {row + len(one.scores): reason for row, reason in other.errors.items()}
    return Scores(np.concatenate([one.scores, other.scores]), labels, one.errors | moved)
