"""Figures that are means of rows, so that two arms can be compared at any time."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mainline.core.errors import MainlineError
from mainline.evaluation import costs
from mainline.evaluation.settings import CostSettings
from mainline.evaluation.weighted import LEAST

PROBABILITIES, EVERY = ("binary", "multiclass"), ("binary", "multiclass", "regression")


@dataclass(frozen=True)
class Priced:
    """What some figures need beside the rows: the threshold of an arm, and the costs."""

    threshold: float | None = None
    costs: CostSettings | None = None


Values = Callable[[pd.DataFrame, Priced], np.ndarray]


@dataclass(frozen=True)
class RowFigure:
    """One figure. `values` gives that of each row, (rows,); NaN where a row has none.

    `labels` says that it needs them, and `split` that it differs between arms only where the
    challenger really answers. `answers` says that requests without an answer have no value. A
    `share` has values from 0 to 1.
    """

    label: str
    values: Values
    tasks: tuple[str, ...] = EVERY
    lower: bool = True
    labels: bool = True
    split: bool = False
    answers: bool = True
    share: bool = False
    prices: bool = False
    unit: str = ""


def of(name: str, task: str) -> RowFigure:
    """The figure of this name. Raises MainlineError when the task has none."""
    figure = FIGURES[name]
    if task not in figure.tasks:
        fitting = ", ".join(each for each, it in FIGURES.items() if task in it.tasks)
        raise MainlineError(
            f"`routes.figure` is {name}, which a {task} model does not have.",
            expected=f"one of {fitting}",
        )
    return figure


def _classes(rows: pd.DataFrame) -> np.ndarray | None:
    """Scores of several classes, (rows, classes), NaN where a row has none; None of one score."""
    given = rows["scores"][rows["scores"].notna()]
    if given.empty:
        return None
    whole = np.full((len(rows), len(given.iloc[0])), np.nan)
    whole[rows["scores"].notna().to_numpy()] = np.stack(given.to_list())
    return whole


def _of_class(rows: pd.DataFrame) -> np.ndarray:
    """The probability of the class that came true, (rows,)."""
    target, classes = rows["target"].to_numpy(), _classes(rows)
    if classes is not None:
        return np.asarray(classes[np.arange(len(rows)), target.astype(np.int64)])
    score = rows["score"].to_numpy(dtype=np.float64)
    return np.where(target == 1, score, 1 - score)


def _log_loss(rows: pd.DataFrame, _: Priced) -> np.ndarray:
    return np.asarray(-np.log(np.clip(_of_class(rows), LEAST, 1 - LEAST)))


def _brier(rows: pd.DataFrame, _: Priced) -> np.ndarray:
    classes, hit = _classes(rows), _of_class(rows)
    if classes is not None:
        return np.asarray((classes**2).sum(axis=1) - 2 * hit + 1)
    return np.asarray((1 - hit) ** 2)


def _error(rows: pd.DataFrame, priced: Priced) -> np.ndarray:
    target, classes = rows["target"].to_numpy(), _classes(rows)
    if classes is not None:
        return _known(classes.argmax(axis=1) != target, classes[:, 0])
    score = rows["score"].to_numpy(dtype=np.float64)
    return _known((score >= _threshold(priced)) != (target == 1), score)


def _cost(rows: pd.DataFrame, priced: Priced) -> np.ndarray:
    if priced.costs is None:
        raise MainlineError("the figure cost needs `evaluation.costs` in params.yaml.")
    score = rows["score"].to_numpy(dtype=np.float64)
    target = rows["target"].to_numpy()
    return _known(costs.per_row(target, score, _threshold(priced), priced.costs), score)


def _difference(rows: pd.DataFrame, _: Priced) -> np.ndarray:
    score, target = (rows[name].to_numpy(dtype=np.float64) for name in ("score", "target"))
    return np.asarray(score - target)


def _target(rows: pd.DataFrame, _: Priced) -> np.ndarray:
    return rows["target"].to_numpy(dtype=np.float64)


def _seconds(rows: pd.DataFrame, _: Priced) -> np.ndarray:
    return _known(rows["seconds"].to_numpy(dtype=np.float64) * 1e3, rows["answered"])


def _failed(rows: pd.DataFrame, _: Priced) -> np.ndarray:
    return (~rows["answered"]).to_numpy(dtype=np.float64)


def _threshold(priced: Priced) -> float:
    if priced.threshold is None:
        raise MainlineError("the release has no threshold, so no row is called positive.")
    return priced.threshold


def _known(values: np.ndarray, of: object) -> np.ndarray:
    """`values`, and NaN where `of` is missing or False."""
    given = np.asarray(of)
    there = given if given.dtype == bool else np.isfinite(given)
    return np.where(there, values, np.nan)


FIGURES: dict[str, RowFigure] = {
    "log_loss": RowFigure("Log loss", _log_loss, PROBABILITIES),
    "brier": RowFigure("Brier score", _brier, PROBABILITIES),
    "error": RowFigure("Share of wrong answers", _error, PROBABILITIES, share=True, prices=True),
    "cost": RowFigure("Cost of a row", _cost, ("binary",), prices=True),
    "absolute_error": RowFigure(
        "Absolute error", lambda rows, given: np.abs(_difference(rows, given)), ("regression",)
    ),
    "squared_error": RowFigure(
        "Squared error", lambda rows, given: _difference(rows, given) ** 2, ("regression",)
    ),
    "conversion": RowFigure(
        "Share of positives",
        _target,
        ("binary",),
        lower=False,
        split=True,
        answers=False,
        share=True,
    ),
    "event_rate": RowFigure(
        "Share of positives", _target, ("binary",), split=True, answers=False, share=True
    ),
    "latency": RowFigure("Latency", _seconds, labels=False, unit=" ms"),
    "failures": RowFigure(
        "Share of failed requests", _failed, labels=False, answers=False, share=True
    ),
}
