"""What a study found: the best trial beside today's values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from optuna.trial import FrozenTrial, TrialState

from mainline.core.errors import MainlineError
from mainline.core.markdown import code, table
from mainline.evaluation.interval import Estimate, reach
from mainline.evaluation.names import leading
from mainline.evaluation.words import signed
from mainline.tuning.job import Job
from mainline.tuning.objective import FIGURE, GROUPS, SECONDS, SHIPS
from mainline.tuning.study import VALUES, Trials
from mainline.tuning.work import ERROR

SHOWN, CONFIDENCE = 5, 0.95


@dataclass(frozen=True)
class Result:
    """`gain` is how much lower the loss of `best` is than that of `today`, by entity."""

    job: Job
    trials: Trials
    today: FrozenTrial
    best: FrozenTrial
    gain: Estimate

    @classmethod
    def of(cls, job: Job, trials: Trials) -> "Result":
        """Raises MainlineError when no trial has a loss, or today's values have none."""
        failed = trials.failed
        if failed and len(failed) == len(trials.finished):
            raise MainlineError(f"every trial failed. The first one: {why(failed[0])}")
        current = [each for each in trials.complete if each.user_attrs[VALUES] == job.today]
        if not current:
            own = [each for each in failed if each.user_attrs.get(VALUES) == job.today]
            said = f": {why(own[0])}" if own else "; they have not been tried."
            raise MainlineError(f"there is no loss of today's values to compare with{said}")
        best = trials.complete[0]
        return cls(job, trials, current[0], best, gain(current[0], best))

    @property
    def better(self) -> bool:
        """Whether a trial has a lower loss than today's values."""
        return self.gain.value > 0

    @property
    def sentence(self) -> str:
        """What came out, for a terminal, a commit and a page."""
        rows = "validation rows" if self.job.tune.folds is None else f"{self.job.tune.folds} folds"
        count = f"{len(self.trials.finished)} trials"
        if not self.better:
            return f"No other settings of {count} have a lower loss than today's on {rows}."
        shown = signed({"value": self.gain.value, "low": self.gain.low, "high": self.gain.high})
        chance = " This may be chance." if not self.gain.low > 0 else ""
        return (
            f"The best of {count} lowers the loss on {rows} by {shown.lstrip('+')}, from "
            f"{self.today.value:.4f} to {self.best.value:.4f}.{chance} It was chosen on these "
            "rows, so expect less on others."
        )

    def lines(self) -> list[str]:
        """The best trials and today's values, as a Markdown table."""
        paths = list(self.job.tune.space)
        head = ["trial", *map(code, paths), "loss", leading(self.job.table.task).label]
        shown = self.trials.complete[:SHOWN]
        shown += [] if self.today in shown else [self.today]
        return table([*head, "ships", "seconds"], [self._row(each, paths) for each in shown])

    def _row(self, trial: FrozenTrial, paths: Sequence[str]) -> list[str]:
        about = trial.user_attrs
        named = (
            f"{trial.number} (today)" if trial.number == self.today.number else f"{trial.number}"
        )
        values = [code(about[VALUES][path]) for path in paths]
        figures = [f"{trial.value:.4f}", f"{about[FIGURE]:.4f}"]
        return [named, *values, *figures, about[SHIPS], f"{about[SECONDS]:.0f}"]

    def counts(self) -> str:
        """How the trials ended."""
        pruned = self.trials.among(TrialState.PRUNED)
        counts = {"complete": self.trials.complete, "pruned": pruned, "failed": self.trials.failed}
        return ", ".join(f"{len(of)} {name}" for name, of in counts.items())

    def changes(self) -> dict[str, Any]:
        """The values of the best trial that are not today's."""
        values = self.best.user_attrs[VALUES]
        return {path: value for path, value in values.items() if value != self.job.today[path]}


def loss(trial: FrozenTrial) -> float:
    """That of a trial that is complete."""
    return float(trial.value or 0)


def why(trial: FrozenTrial) -> str:
    """The message of a trial that failed."""
    return str(trial.user_attrs.get(ERROR, "its process was killed."))


def gain(today: FrozenTrial, best: FrozenTrial) -> Estimate:
    """The mean difference of losses, with an interval over groups of entities."""
    sums, rows = np.array(today.user_attrs[GROUPS])
    differences = sums - np.array(best.user_attrs[GROUPS][0])
    mean = differences.sum() / rows.sum()
    influence = (differences - rows * mean) / rows.sum()
    places = np.arange(len(rows))
    half = reach(influence, np.zeros_like(places), places, CONFIDENCE)
    return Estimate.around(float(mean), half, (-np.inf, np.inf))
