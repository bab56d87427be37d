"""What the clients of a served model have in common: its rows, its answers, its output."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from customer_churn.serving.served import OURSELVES

OUTPUT = "score"  # as packaging/saved_model.py names it; importing that would import TensorFlow
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """Scores, one a row, and how long the call took.

    `version` is the model's own word; REST does not say it, so there it is None.
    """

    scores: list[float]
    seconds: float
    version: int | None = None


def nobody(address: str, host: str | None) -> str:
    """That nothing listens at `address`; on this machine, what starts a server."""
    hint = "; `make serve` starts a server here." if host in OURSELVES else "."
    return f"nothing listens at {address}{hint}"


def with_nan(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows with NaN where golden rows have null: no server takes a null."""
    return [
        {name: math.nan if value is None else value for name, value in row.items()} for row in rows
    ]
