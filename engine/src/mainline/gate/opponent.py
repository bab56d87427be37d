"""The champion beside the candidate: fetched, loaded and scored once, for every rule that asks."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mainline.core.errors import MainlineError
from mainline.core.table import TableSettings
from mainline.data.settings import SplitSettings
from mainline.data.split import assign
from mainline.gate.candidate import Candidate
from mainline.gate.champion import Champion
from mainline.packaging.saved_model import Scorer

PLACE = "place among the test rows"  # no column of a table is called so


class NotComparableError(MainlineError):
    """There are no rows on which a comparison would be fair."""


@dataclass(frozen=True)
class Common:
    """Rows that neither model has learnt from, one below the other for both.

    `ours` and `theirs` hold the columns that candidate and champion read, `scores` and
    `their_scores` what they make of them.
    """

    ours: pd.DataFrame
    theirs: pd.DataFrame
    scores: np.ndarray
    their_scores: np.ndarray
    how: str


@dataclass(frozen=True)
class Opponent:
    """As much of the champion as could be had; `problem` says why it is not all."""

    scorer: Scorer | None = None
    common: Common | None = None
    problem: Exception | None = None


def meet(candidate: Candidate, champion: Champion, least: int) -> Opponent:
    """Fetch and load the champion's bytes and score the common rows, `least` of them. Never raises.

    `problem` is a NotComparableError when tables, splits or bytes leave nothing to compare, else
    what `Champion.model` raises when the bytes cannot be had.
    """
    scorer = None
    try:
        with champion.model() as directory:
            scorer = _loaded(directory)
        return Opponent(scorer, _common(candidate, champion, scorer, least))
    except Exception as error:  # whatever a hostile file raises is for the rules to report
        return Opponent(scorer, problem=error)


def _loaded(directory: Path) -> Scorer:
    """A champion whose bytes are whole and yet no server could load has to be given up."""
    try:
        return Scorer(directory)
    except MainlineError as error:
        raise NotComparableError(f"the champion on main cannot be served: {error}") from None


def _common(candidate: Candidate, champion: Champion, scorer: Scorer, least: int) -> Common:
    ours, theirs, scores, how = _rows(candidate, champion, scorer)
    task = candidate.task
    if len(ours) < least or not task.complete(ours[candidate.table.target].to_numpy()):
        raise NotComparableError(
            f"only {len(ours)} rows are test rows for both models; "
            f"gate.champion.min_rows asks for {least}, {task.needs}."
        )
    try:
        their_scores = scorer.score(theirs)
    except MainlineError as error:
        raise NotComparableError(f"the champion on main: {error}") from None
    return Common(ours, theirs, scores, their_scores, how)


def _rows(
    candidate: Candidate, champion: Champion, scorer: Scorer
) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray, str]:
    """Test rows under both splits for either model, the candidate's scores, and how found."""
    try:
        table = champion.settings("table", TableSettings)
        split = champion.settings("split", SplitSettings)
    except MainlineError as error:
        raise NotComparableError(str(error)) from None
    same_question(candidate.table, table)
    gone = [name for name in scorer.inputs if name not in candidate.test.columns]
    test, scores = candidate.test, candidate.scores
    if gone:
        theirs = champion.table()
        theirs = theirs[np.asarray(assign(theirs, table, split) == "test")]
        place, theirs = _by_key(test[candidate.table.key], theirs)
        how = f"test rows of both tables, matched by key, since {', '.join(gone)} is gone"
        return test.iloc[place], theirs, scores[place], how
    if split == candidate.split:
        return test, test, scores, "the same test rows"
    both = np.asarray(assign(test, candidate.table, split) == "test")
    return test[both], test[both], scores[both], "rows that are test rows in both splits"


def same_question(ours: TableSettings, theirs: TableSettings) -> None:
    """Raises NotComparableError when the two tables say otherwise what a row is or is asked."""
    for role in ("task", "entity", "time", "target", "positive", "classes"):
        if getattr(ours, role) != getattr(theirs, role):
            raise NotComparableError(
                f"table.{role} was {getattr(theirs, role)!r} for the champion and is "
                f"{getattr(ours, role)!r} now: the two models answer different questions."
            )


def _by_key(keys: pd.DataFrame, theirs: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    """The champion reads columns that are gone: its own rows, and where their keys stand in ours.

    Raises what pandas does when a key stands for two rows.
    """
    placed = keys.assign(**{PLACE: np.arange(len(keys))})
    both = placed.merge(theirs, on=list(keys.columns), validate="one_to_one")
    return both[PLACE].to_numpy(), both.drop(columns=PLACE)
