"""The scores of a batch of rows, with a reason for each row that has none."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from grpc import StatusCode

from mainline.core.errors import MainlineError
from mainline.serving.answers import LABEL, OUTPUT
from mainline.serving.model import DEFAULT_SIGNATURE, ServedModel
from mainline.serving.refused import RefusedError

MACHINE = (StatusCode.RESOURCE_EXHAUSTED, StatusCode.UNAVAILABLE, StatusCode.ABORTED)


@dataclass(frozen=True)
class Scores:
    """`scores` (rows,) or (rows, classes), `labels` (rows,) as bytes if multiclass.

    `errors` has the place and the reason of each row without a score.
    """

    scores: np.ndarray
    labels: np.ndarray | None = None
    errors: dict[int, str] = field(default_factory=dict)


class BatchScorer:
    """A model that scores arrays; `inputs` is its signature."""

    def __init__(self, model: ServedModel) -> None:
        """Raises MainlineError when the model has no scores."""
        self._model = model
        self._signature = model.signature(DEFAULT_SIGNATURE)
        self.inputs = dict(sorted(self._signature.inputs.items()))
        outputs = self._signature.outputs
        if OUTPUT not in outputs:
            raise MainlineError(f"the model has no output '{OUTPUT}': it is not made by mainline.")
        self.labelled = LABEL in outputs
        self._names = (OUTPUT, LABEL) if self.labelled else (OUTPUT,)
        self.shape = tuple(max(each.size, 0) for each in outputs[OUTPUT].tensor_shape.dim[1:])

    def score(self, arrays: Mapping[str, np.ndarray]) -> Scores:
        """Score rows. Where the graph refuses a batch, its halves are scored, down to one row."""
        rows = len(next(iter(arrays.values())))
        try:
            found = self._model.run(self._signature, arrays, self._names)
        except RefusedError as refused:
            if refused.code in MACHINE:
                raise MainlineError(f"the model cannot score: {refused}") from None
            if rows == 1:
                return self._refused(str(refused))
            parts = ((0, rows // 2), (rows // 2, rows))
            halves = [
                self.score({name: each[start:end] for name, each in arrays.items()})
                for start, end in parts
            ]
            return _joined(*halves)
        scores = found[OUTPUT]
        if scores.shape != (rows, *self.shape):
            raise MainlineError(
                f"the model gives scores of shape {list(scores.shape)} for {rows} rows."
            )
        whole = np.isfinite(scores) if scores.ndim == 1 else np.isfinite(scores).all(axis=1)
        errors = (
            {}
            if whole.all()
            else {
                int(row): f"the score is {scores[row].tolist()}" for row in np.flatnonzero(~whole)
            }
        )
        return Scores(scores, found.get(LABEL), errors)

    def _refused(self, reason: str) -> Scores:
        labels = np.array([b""], object) if self.labelled else None
        return Scores(np.full((1, *self.shape), np.nan, np.float32), labels, {0: reason})


def _joined(one: Scores, other: Scores) -> Scores:
    labels = None
    if one.labels is not None and other.labels is not None:
        labels = np.concatenate([one.labels, other.labels])
    moved = {row + len(one.scores): reason for row, reason in other.errors.items()}
    return Scores(np.concatenate([one.scores, other.scores]), labels, one.errors | moved)
