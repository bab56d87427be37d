"""A compiled rule, which can be evaluated on any number of rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mainline.data.rules.syntax import rule
from mainline.data.rules.truths import Answer, Statement, statement

ROWS = 500_000  # rows evaluated at once, to limit memory


@dataclass(frozen=True)
class Compiled:
    """A condition on every row; `text` is its source text."""

    text: str
    statement: Statement

    def answer(self, frame: pd.DataFrame) -> Answer:
        """True, false or unknown for every row."""
        columns = sorted(self.statement.columns)
        parts = [self.statement.answer(rows) for rows in _slices(frame[columns])]
        return Answer(
            np.concatenate([part.true for part in parts]),
            np.concatenate([part.unknown for part in parts]),
        )


def _slices(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for start in range(0, max(len(frame), 1), ROWS):
        yield frame.iloc[start : start + ROWS]


def compiled(text: str, kinds: Mapping[str, str]) -> Compiled:
    """Compile a rule for columns of these kinds. Raises RuleError with the position."""
    read = rule(text, kinds)
    return Compiled(read.text, statement(read, read.tree()))
