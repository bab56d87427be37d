"""Rows that are converted once and scored again and again, with other values in some columns."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

BATCH, FEWEST = 4_096, 128  # rows at a time: an ensemble is wide
VALUES = 131_072  # rows x columns at a time: their encoding stays in the processor's cache
# The named columns of a frame as arrays or tensors (rows,), and such columns to scores (rows, ...).
Convert = Callable[[pd.DataFrame, Sequence[str]], dict[str, Any]]
Answer = Callable[[dict[str, Any]], np.ndarray]


def at_once(columns: int) -> int:
    """How many rows of so many columns are scored at a time."""
    return min(BATCH, max(FEWEST, VALUES // max(columns, 1)))


class Prepared:
    """The rows of `frame` as a model takes them. It reads `names`."""

    def __init__(
        self, frame: pd.DataFrame, names: Sequence[str], convert: Convert, answer: Answer
    ) -> None:
        """Convert every column. Raises MainlineError naming the columns that `frame` lacks."""
        self.rows, self._convert, self._answer = len(frame), convert, answer
        self._columns = convert(frame, names)

    def __call__(self, changed: Mapping[str, pd.Series]) -> np.ndarray:
        """Scores, float64 (rows, ...), with the values of `changed` in its columns.

        Columns that the model does not read change nothing.
        """
        read = [name for name in changed if name in self._columns]
        columns = self._columns | self._convert(pd.DataFrame(dict(changed)), read)
        size = at_once(len(columns))
        if self.rows <= size:
            return self._answer(columns).astype(np.float64)
        parts = [
            self._answer({name: each[start : start + size] for name, each in columns.items()})
            for start in range(0, self.rows, size)
        ]
        return np.concatenate(parts, dtype=np.float64)
