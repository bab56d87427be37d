"""Rows and answers, shared by the REST and the gRPC client."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mainline.serving.served import OURSELVES

# The names of packaging/saved_model.py, which would import TensorFlow.
OUTPUT, LABEL = "score", "label"
Row = Mapping[str, Any]
Score = float | list[float]  # of a row; a list with one score for each class if multiclass


@dataclass(frozen=True)
class Answer:
    """One score for each row, and the duration of the call; `labels` only if multiclass.

    `version` is the version that the server reports; None over REST, which does not report it.
    """

    scores: list[Score]
    seconds: float
    version: int | None = None
    labels: list[str] = field(default_factory=list)


def nobody(address: str, host: str | None) -> str:
    """The message that nothing listens at `address`, with a hint for this machine."""
    hint = "; `make serve` starts a server here." if host in OURSELVES else "."
    return f"nothing listens at {address}{hint}"


def with_nan(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows with NaN instead of None: servers do not accept null."""
    return [
        {name: math.nan if value is None else value for name, value in row.items()} for row in rows
    ]


def farthest(scores: Sequence[Score], expected: Sequence[Score]) -> float:
    """The largest difference between two lists of scores; infinite when their shapes differ.

    NaN when a score is NaN; comparisons must treat it as a failure.
    """
    if [_width(score) for score in scores] != [_width(score) for score in expected]:
        return math.inf
    pairs = zip(_flat(scores), _flat(expected), strict=True)
    apart = [abs(one - other) for one, other in pairs]
    return math.nan if any(map(math.isnan, apart)) else max(apart, default=math.inf)


def _width(score: Score) -> int:
    return len(score) if isinstance(score, list) else 0


def _flat(scores: Sequence[Score]) -> list[float]:
    return [value for score in scores for value in (score if isinstance(score, list) else [score])]
