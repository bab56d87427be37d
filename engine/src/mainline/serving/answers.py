"""What the clients of a served model have in common: its rows, its answers, its output."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mainline.serving.served import OURSELVES

# As packaging/saved_model.py names them; importing that would import TensorFlow.
OUTPUT, LABEL = "score", "label"
Row = Mapping[str, Any]
Score = float | list[float]  # of a row; a multiclass model gives one for each class


@dataclass(frozen=True)
class Answer:
    """Scores, one a row, and how long the call took; `labels` of a multiclass model, else none.

    `version` is the model's own word; REST does not say it, so there it is None.
    """

    scores: list[Score]
    seconds: float
    version: int | None = None
    labels: list[str] = field(default_factory=list)


def nobody(address: str, host: str | None) -> str:
    """That nothing listens at `address`; on this machine, what starts a server."""
    hint = "; `make serve` starts a server here." if host in OURSELVES else "."
    return f"nothing listens at {address}{hint}"


def with_nan(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows with NaN where golden rows have null: no server takes a null."""
    return [
        {name: math.nan if value is None else value for name, value in row.items()} for row in rows
    ]


def farthest(scores: Sequence[Score], expected: Sequence[Score]) -> float:
    """The largest difference between two lists of scores; infinite when they differ in shape.

    NaN where a score is none: compare so that it passes nothing.
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
