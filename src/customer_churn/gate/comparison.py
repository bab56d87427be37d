"""Candidate against champion on rows that neither has learnt from."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from customer_churn.core.errors import UserError
from customer_churn.core.table import TableSettings
from customer_churn.data.settings import SplitSettings
from customer_churn.data.split import assign
from customer_churn.evaluation.interval import Estimate
from customer_churn.evaluation.rows import Rows
from customer_churn.gate.bars import Bars
from customer_churn.gate.candidate import Candidate
from customer_churn.gate.champion import Champion
from customer_churn.packaging.saved_model import Scorer

PLACE = "place among the test rows"  # no column of a table is called so


class NotComparableError(UserError):
    """There are no rows on which the comparison would be fair."""


@dataclass(frozen=True)
class Comparison:
    """Both models on the same rows; `difference` is candidate minus champion, leading figure."""

    rows: int
    difference: Estimate
    champion: dict[str, Any]
    how: str


def compare(candidate: Candidate, champion: Champion, bars: Bars) -> Comparison:
    """Score the champion's bytes and pair the scores row by row.

    Raises NotComparableError when the tables or splits leave too few common test rows, and what
    `Champion.model` raises when the bytes cannot be had.
    """
    least, task = bars.gate.champion.min_rows, candidate.task
    with champion.model() as directory:
        scorer = _champions(directory)
        frame, own_scores, how = _common_rows(candidate, champion, scorer)
        if len(frame) < least or not task.complete(frame[candidate.table.target].to_numpy()):
            raise NotComparableError(
                f"only {len(frame)} rows are test rows for both models; "
                f"gate.champion.min_rows asks for {least}, {task.needs}."
            )
        try:
            scores = scorer.score(frame)
        except UserError as error:
            raise NotComparableError(f"the champion on main: {error}") from None
    rows = Rows.of(frame[candidate.table.target], frame[candidate.table.entity])
    difference = task.difference(rows, own_scores, scores, bars.evaluation.confidence)
    estimates = task.figures(rows, scores, candidate.evaluation)
    return Comparison(len(rows), difference, task.plain(estimates), how)


def _champions(directory: Path) -> Scorer:
    """A champion whose bytes are whole and yet no server could load has to be given up."""
    try:
        return Scorer(directory)
    except UserError as error:
        raise NotComparableError(f"the champion on main cannot be served: {error}") from None


def _common_rows(
    candidate: Candidate, champion: Champion, scorer: Scorer
) -> tuple[pd.DataFrame, np.ndarray, str]:
    """Rows that are test rows under both splits, the candidate's scores of them, and how found."""
    try:
        table = champion.settings("table", TableSettings)
        split = champion.settings("split", SplitSettings)
    except UserError as error:
        raise NotComparableError(str(error)) from None
    _same_question(candidate.table, table)
    gone = [name for name in scorer.inputs if name not in candidate.test.columns]
    if gone:
        return _paired_by_key(candidate, champion, table, split, gone)
    if split == candidate.split:
        return candidate.test, candidate.scores, "the same test rows"
    both = np.asarray(assign(candidate.test, candidate.table, split) == "test")
    return candidate.test[both], candidate.scores[both], "rows that are test rows in both splits"


def _same_question(ours: TableSettings, theirs: TableSettings) -> None:
    for role in ("task", "entity", "time", "target", "positive", "classes"):
        if getattr(ours, role) != getattr(theirs, role):
            raise NotComparableError(
                f"table.{role} was {getattr(theirs, role)!r} for the champion and is "
                f"{getattr(ours, role)!r} now: the two models answer different questions."
            )


def _paired_by_key(
    candidate: Candidate,
    champion: Champion,
    table: TableSettings,
    split: SplitSettings,
    gone: list[str],
) -> tuple[pd.DataFrame, np.ndarray, str]:
    """The champion reads columns that are gone: take them from its own table, matched by key."""
    theirs = champion.table()
    theirs = theirs[np.asarray(assign(theirs, table, split) == "test")]
    ours = candidate.test.assign(**{PLACE: np.arange(len(candidate.test))})
    ours = ours[[*candidate.table.key, candidate.table.target, PLACE]]
    inputs = theirs.drop(columns=[table.target])
    both = ours.merge(inputs, on=candidate.table.key, validate="one_to_one")
    how = f"test rows of both tables, matched by key, since {', '.join(gone)} is gone"
    return both.drop(columns=PLACE), candidate.scores[both[PLACE].to_numpy()], how
