"""Fetches, loads and scores a release of main once, for all rules that compare with it."""

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

PLACE = "place among the test rows"  # a name that no table uses


class NotComparableError(MainlineError):
    """No fair comparison is possible: the models share too few test rows, or answer differently."""


@dataclass(frozen=True)
class Common:
    """Rows that are test rows for both models, in the same order.

    `ours` and `theirs` hold the input columns of candidate and champion; `scores` and
    `their_scores` hold the models' outputs.
    """

    ours: pd.DataFrame
    theirs: pd.DataFrame
    scores: np.ndarray
    their_scores: np.ndarray
    how: str


@dataclass(frozen=True)
class Opponent:
    """The champion as far as it could be loaded. `problem` is the error that stopped it."""

    scorer: Scorer | None = None
    common: Common | None = None
    problem: Exception | None = None


def meet(candidate: Candidate, champion: Champion, least: int) -> Opponent:
    """Fetch and load the champion's bytes and score the common rows, `least` of them. Never raises.

    `problem` is a NotComparableError when tables, splits or bytes make a comparison impossible,
    else the error of `Champion.model`.
    """
    scorer = None
    try:
        with champion.model() as directory:
            scorer = _loaded(directory, champion, candidate.operations)
        return Opponent(scorer, _common(candidate, champion, scorer, least))
    except Exception as error:  # a hostile file may raise anything; the rules report it
        return Opponent(scorer, problem=error)


def _loaded(directory: Path, champion: Champion, operations: frozenset[str]) -> Scorer:
    """Load the model. Raises NotComparableError when intact bytes cannot be loaded."""
    try:
        return Scorer(directory, operations)
    except MainlineError as error:
        raise NotComparableError(f"{_named(champion)} cannot be served: {error}") from None


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
        raise NotComparableError(f"{_named(champion)}: {error}") from None
    return Common(ours, theirs, scores, their_scores, how)


def _named(champion: Champion) -> str:
    return f"version {champion.release.version}, which main released,"


def _rows(
    candidate: Candidate, champion: Champion, scorer: Scorer
) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray, str]:
    """Common test rows for each model, the candidate's scores, and how the rows were found."""
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
    """Raises NotComparableError when the two tables define entity, target or task differently."""
    for role in ("task", "entity", "time", "target", "positive", "classes"):
        if getattr(ours, role) != getattr(theirs, role):
            raise NotComparableError(
                f"table.{role} was {getattr(theirs, role)!r} for the champion and is "
                f"{getattr(ours, role)!r} now: the two models answer different questions."
            )


def _by_key(keys: pd.DataFrame, theirs: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    """The champion's own rows, and the positions of their keys in ours, if columns are gone.

    Raises pandas' MergeError when two rows have the same key.
    """
    placed = keys.assign(**{PLACE: np.arange(len(keys))})
    both = placed.merge(theirs, on=list(keys.columns), validate="one_to_one")
    return both[PLACE].to_numpy(), both.drop(columns=PLACE)
