"""Permutation importance: how far the leading figure falls when one column is shuffled.

The shuffle of a column depends only on its name, the seed and the number of rows, so it is the same
for two models with different columns. If two columns carry the same information, shuffling one of
them costs little, even if the model uses it a lot.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from mainline.core.config import nearest
from mainline.core.errors import MainlineError

Score = Callable[[pd.DataFrame], np.ndarray]
Lead = Callable[[np.ndarray, np.ndarray], float]


class Model(Protocol):
    """A trained or a packaged model.

    `derived` are the columns that it computes from raw ones; `added` gives rows with them, and
    `score_added` scores those as they stand.
    """

    @property
    def derived(self) -> tuple[str, ...]: ...  # noqa: D102

    def score(self, frame: pd.DataFrame) -> np.ndarray: ...  # noqa: D102

    def added(self, frame: pd.DataFrame) -> pd.DataFrame: ...  # noqa: D102

    def score_added(self, frame: pd.DataFrame) -> np.ndarray: ...  # noqa: D102


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
) -> dict[str, Importance]:
    """`importances` of the raw `columns`, then of those that the model derives from them.

    A raw column is shuffled before others are derived from it, a derived one after.
    """
    found = importances(
        model.score, frame, target, lead, columns=columns, seed=seed, repeats=repeats
    )
    if model.derived:
        found |= importances(
            model.score_added,
            model.added(frame),
            target,
            lead,
            columns=model.derived,
            seed=seed,
            repeats=repeats,
        )
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
) -> dict[str, Importance]:
    """The importance of each of `columns`, in order.

    `lead` gives the leading figure of scores (rows, ...) for a target (rows,); larger is better,
    NaN if it cannot be computed. A column that `score` does not read has importance 0. Raises
    MainlineError for a column that `frame` lacks.
    """
    for name in columns:
        if name not in frame.columns:
            known = [str(column) for column in frame.columns]
            raise MainlineError(f"there is no column '{name}' to shuffle{nearest(name, known)}")
    whole = lead(target, score(frame))
    found = {}
    for name in columns:
        falls = []
        for repeat in range(repeats):
            shuffled = frame[name].array.take(_order(name, seed, repeat, len(frame)))
            falls.append(whole - lead(target, score(frame.assign(**{name: shuffled}))))
        found[name] = Importance(float(np.mean(falls)), float(np.std(falls)))
    return found


def _order(name: str, seed: int, repeat: int, rows: int) -> np.ndarray:
    return np.random.default_rng([seed, repeat, *name.encode()]).permutation(rows)
