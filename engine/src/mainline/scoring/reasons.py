"""One row's reasons: its score, and the score with one column at a time as it usually is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import tensorflow as tf

from mainline.core.errors import DataError
from mainline.scoring.scores import BatchScorer

Value = float | str | None  # None is a missing value


@dataclass(frozen=True)
class Reason:
    """A column, its value in the row, its usual one, and what the latter changes in the score."""

    column: str
    value: Value
    usual: Value
    change: float


@dataclass(frozen=True)
class Explained:
    """A row's score, of a multiclass model that of its `label`, and its reasons.

    The largest change, up or down, comes first; then by name.
    """

    score: float
    label: str | None
    reasons: list[Reason]


def usual(frame: pd.DataFrame, inputs: Mapping[str, tf.DType]) -> dict[str, Any]:
    """The median of each number and the most frequent text of each category, of known values.

    A column without a known value is usually missing. Of texts as frequent, the first in order.
    """
    found: dict[str, Any] = {}
    for name, kind in inputs.items():
        known = frame[name].dropna()
        if kind == tf.string:
            counts = known[known.astype("str") != ""].astype("str").value_counts()
            most = min(counts.index[counts == counts.max()], default="")
            found[name] = most.encode()
        else:
            numbers = known.to_numpy(np.float64)
            numbers = numbers[np.isfinite(numbers)]
            found[name] = np.float32(np.median(numbers) if len(numbers) else np.nan)
    return found


def explained(
    scorer: BatchScorer, row: Mapping[str, np.ndarray], usually: Mapping[str, Any]
) -> Explained:
    """The reasons of one `row`, whose arrays are (1,). The model is asked once.

    Raises DataError when it gives the row, or the row with a usual value, no score.
    """
    names = list(scorer.inputs)
    arrays = {name: np.repeat(row[name], len(names) + 1) for name in names}
    for place, name in enumerate(names):
        arrays[name][place + 1] = usually[name]
    found = scorer.score(arrays)
    for place, why in sorted(found.errors.items()):
        changed = f" with the usual value of '{names[place - 1]}'" if place else ""
        raise DataError(f"the row{changed} has no score: {why}.")
    scores, label = found.scores.astype(np.float64), None
    if found.labels is not None:
        scores, label = scores[:, scores[0].argmax()], found.labels[0].decode()
    reasons = [
        Reason(name, _plain(row[name][0]), _plain(usually[name]), float(each - scores[0]))
        for name, each in zip(names, scores[1:], strict=True)
    ]
    reasons.sort(key=lambda each: (-abs(each.change), each.column))
    return Explained(float(scores[0]), label, reasons)


def _plain(value: Any) -> Value:
    if isinstance(value, bytes):
        return value.decode(errors="replace") or None
    return None if np.isnan(value) else float(str(np.float32(value)))
