"""One trial: it trains as stage `train` does and returns the loss on the rows that judge."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import optuna
import pandas as pd
import tensorflow as tf

from mainline.core.files import sha256
from mainline.evaluation import tasks
from mainline.model import runtime, train
from mainline.model.design import Design
from mainline.model.target import Target
from mainline.tuning.job import Job, Parts

FIGURE, SECONDS, SHIPS, GROUPS = "figure", "seconds", "ships", "groups"  # attributes of a trial
MANY = 200  # groups of entities, by which two trials are compared


@dataclass(frozen=True)
class Fitted:
    """What one training gives: each row's loss (rows,), the leading figure, and what ships."""

    losses: np.ndarray
    figure: float
    ships: str


class Objective:
    """The loss of values of the space: the mean over all rows that judge, folds together."""

    def __init__(self, job: Job) -> None:
        self.job, self.folds = job, job.folds()
        paths = job.tune.space
        # Epochs say how good a trial is if nothing but the network differs.
        alone = job.train.get("ship") == "network" or not any(
            each.startswith("train.trees.") or each == "train.ship" for each in paths
        )
        self.epochs = alone and job.train.get("ship") != "trees" and job.tune.folds is None

    def __call__(self, values: dict[str, Any], trial: optuna.Trial) -> float:
        """Raises TrialPruned when it is worse than most at this point; today's values never are."""
        start = time.monotonic()
        unpruned = values == self.job.today
        found: list[Fitted] = []
        for parts in self.folds:
            found.append(self._fitted(values, parts, trial, prunable=self.epochs and not unpruned))
            mean = float(np.concatenate([each.losses for each in found]).mean())
            trial.set_user_attr(FIGURE, float(np.mean([each.figure for each in found])))
            trial.set_user_attr(SHIPS, ", ".join(dict.fromkeys(each.ships for each in found)))
            trial.set_user_attr(SECONDS, round(time.monotonic() - start, 1))
            if self.job.tune.folds is not None:
                more = len(found) < len(self.folds)
                _report(trial, len(found), mean, prunable=more and not unpruned)
        judged = pd.concat([judge for _, judge in self.folds])[self.job.table.entity]
        losses = np.concatenate([each.losses for each in found])
        trial.set_user_attr(GROUPS, grouped(losses, judged.astype(str).tolist()))
        return float(losses.mean())

    def _fitted(
        self, values: dict[str, Any], parts: Parts, trial: optuna.Trial, *, prunable: bool
    ) -> Fitted:
        job = self.job
        settings = job.settings(values)
        runtime.deterministic(settings.seed)
        design = Design.of(job.root, job.table, settings)

        def watch(epoch: int, loss: float) -> None:
            if self.epochs:
                _report(trial, epoch, loss, prunable=prunable)

        network, _ = train.fit(*parts, job.table, design, watch)
        model, scores = train.with_trees(network, *parts, job.table, settings)
        target = parts[1][job.table.target]
        figure, _ = tasks.of(job.table).influences(target.to_numpy(), scores)
        return Fitted(losses_of(model.target, target, scores), float(figure), model.choice.name)


def losses_of(target: Target, values: pd.Series, scores: np.ndarray) -> np.ndarray:
    """Each row's loss (rows,), of scores as served."""
    outputs = (scores - target.mean) / target.deviation if target.task == "regression" else scores
    outputs = outputs.reshape(len(values), target.width)
    return np.asarray(
        target.loss(tf.constant(target.encode(values)), tf.constant(outputs, tf.float32))
    )


def grouped(losses: np.ndarray, entities: Sequence[str]) -> list[list[float]]:
    """Sum of losses and number of rows, each (groups,), of groups of entities.

    A group has the same rows in every trial.
    """
    names = {name: int(sha256(name.encode())[:8], 16) % MANY for name in dict.fromkeys(entities)}
    of = np.unique([names[name] for name in entities], return_inverse=True)[1]
    sums = np.bincount(of, losses).round(6)
    return [sums.tolist(), np.bincount(of).astype(float).tolist()]


def _report(trial: optuna.Trial, step: int, loss: float, *, prunable: bool) -> None:
    trial.report(loss, step)
    if prunable and trial.should_prune():
        raise optuna.TrialPruned
