"""Permutation importance: how far the leading figure falls when one column is shuffled.

The shuffle of a column depends only on its name, the seed and the number of rows, so it is the same
for two models with different columns. If two columns carry the same information, shuffling one of
them costs little, even if the model uses it a lot.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from mainline.core.config import nearest
from mainline.core.errors import MainlineError

Score = Callable[[Mapping[str, pd.Series]], np.ndarray]  # of some rows, with these columns instead
Step = Callable[[], object]
Lead = Callable[[np.ndarray, np.ndarray], float]


class Model(Protocol):
    """A trained or a packaged model.

    `derived` are the columns that it computes from raw ones; `added` gives rows with them.
    `prepared` scores raw columns, `prepared_added` raw and derived ones as they stand.
    """

    @property
    def derived(self) -> tuple[str, ...]: ...  # noqa: D102

    def added(self, frame: pd.DataFrame) -> pd.DataFrame: ...  # noqa: D102

    def prepared(self, frame: pd.DataFrame) -> Score: ...  # noqa: D102

    def prepared_added(self, frame: pd.DataFrame) -> Score: ...  # noqa: D102


@dataclass(frozen=True)
class Importance:
    """Mean and standard deviation of the fall over the repeats; NaN when unknown."""

    value: float
    deviation: float

    def rounded(self, digits: int = 6) -> dict[str, float | None]:
        """Plain values for a JSON file; null means that there is no figure."""
        named = {"value": self.value, "deviation": self.deviation}
        return {
            name: round(figure, digits) if np.isfinite(figure) else None
            for name, figure in named.items()
        }


def of_model(
    model: Model,
    frame: pd.DataFrame,
    target: np.ndarray,
    lead: Lead,
    *,
    columns: Sequence[str],
    seed: int,
    repeats: int,
    step: Step = lambda: None,
) -> dict[str, Importance]:
    """`importances` of the raw `columns`, then of those that the model derives from them.

    A raw column is shuffled before others are derived from it, a derived one after.
    """
    how: dict[str, Any] = {"seed": seed, "repeats": repeats, "step": step}
    found = importances(model.prepared(frame), frame, target, lead, columns=columns, **how)
    if model.derived:
        frame = model.added(frame)
        score = model.prepared_added(frame)
        found |= importances(score, frame, target, lead, columns=model.derived, **how)
    return found


def importances(
    score: Score,
    frame: pd.DataFrame,
    target: np.ndarray,
    lead: Lead,
    *,
    columns: Sequence[str],
    seed: int,
    repeats: int,
    step: Step = lambda: None,
) -> dict[str, Importance]:
    """The importance of each of `columns`, in order.

    `score` gives the scores of the rows of `frame`. `lead` gives the leading figure of scores
    (rows, ...) for a target (rows,); larger is better, NaN if it cannot be computed. `step` is
    called after each column. A column that `score` does not read has importance 0. Raises
    MainlineError for a column that `frame` lacks.
    """
    for name in columns:
        if name not in frame.columns:
            known = [str(column) for column in frame.columns]
            raise MainlineError(f"there is no column '{name}' to shuffle{nearest(name, known)}")
    whole = lead(target, score({}))
    found = {}
    for name in columns:
        falls = []
        for repeat in range(repeats):
            shuffled = frame[name].array.take(_order(name, seed, repeat, len(frame)))
            falls.append(whole - lead(target, score({name: pd.Series(shuffled)})))
        found[name] = Importance(float(np.mean(falls)), float(np.std(falls)))
        step()
    return found


def _order(name: str, seed: int, repeat: int, rows: int) -> np.ndarray:
    return np.random.default_rng([seed, repeat, *name.encode()]).permutation(rows)
