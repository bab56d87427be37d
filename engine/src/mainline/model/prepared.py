"""Rows that are converted once and scored again and again, with other values in some columns."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

BATCH = 4_096  # rows at a time: an ensemble is wide
# The named columns of a frame as arrays or tensors (rows,), and such columns to scores (rows, ...).
Convert = Callable[[pd.DataFrame, Sequence[str]], dict[str, Any]]
Answer = Callable[[dict[str, Any]], np.ndarray]


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
        if self.rows <= BATCH:
            return self._answer(columns).astype(np.float64)
        parts = [
            self._answer({name: each[start : start + BATCH] for name, each in columns.items()})
            for start in range(0, self.rows, BATCH)
        ]
        return np.concatenate(parts, dtype=np.float64)
