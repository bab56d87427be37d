"""Works off a study: one trial after another, until no trial of any process is left."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import optuna
from optuna.exceptions import UpdateFinishedTrialError
from optuna.storages import fail_stale_trials
from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState

from mainline.core.errors import MainlineError
from mainline.params.tune import Dimension, TuneSettings
from mainline.proposal.secrets import masked
from mainline.tuning import study
from mainline.tuning.study import SUPERFLUOUS, TODAY, VALUES, Trials, claimed, of_database, said_by

ERROR = "error"  # attribute of a trial: why it failed
PAUSE = 1.0  # seconds between two looks at the trials of other processes
DIGITS = 4  # of a number that is drawn: people read it in params.yaml

# Values at the paths of the space, and the trial, to the loss.
Objective = Callable[[dict[str, Any], optuna.Trial], float]


class SuperfluousError(Exception):
    """Another process has begun the last trial."""


@dataclass(frozen=True)
class Work:
    """The trials of a study. `today` are the values that the first trial takes."""

    study: Study
    tune: TuneSettings
    today: dict[str, Any]
    objective: Objective
    seen: dict[tuple[int, TrialState], float] = field(default_factory=dict)  # since when

    def run(self, until: float, step: Callable[[Trials], None] = lambda _: None) -> None:
        """Return when all trials are finished, those of other processes too.

        At `until`, in seconds of `time.monotonic`, no other trial begins. `step` is told of the
        trials after each one. Raises MainlineError when the database fails.
        """
        try:
            self._run(until, step)
        except Exception as error:  # Optuna may fail once more where it handles a failure
            failure = of_database(error)
            if failure is None:
                raise
            raise MainlineError(
                f"the study's database failed: {said_by(failure)}.",
                hint="The same command goes on where it stopped.",
            ) from None

    def _run(self, until: float, step: Callable[[Trials], None]) -> None:
        self.study.enqueue_trial(self._parameters(), {TODAY: True}, skip_if_exists=True)
        while time.monotonic() < until:
            fail_stale_trials(self.study)
            trials = Trials.of(self.study)
            step(trials)
            if trials.among(TrialState.WAITING) or len(trials.every) < self.tune.trials:
                self._one()
            elif trials.among(TrialState.RUNNING) or trials.dropped:
                self._mend(trials)
                time.sleep(PAUSE)  # a process may die: then another one repeats its trial
            else:
                return

    def _mend(self, trials: Trials) -> None:
        """Put back what a process has left that was killed between two of Optuna's steps."""
        now = time.monotonic()

        def since(trial: FrozenTrial) -> float:
            return now - self.seen.setdefault((trial.number, trial.state), now)

        for each in trials.among(TrialState.RUNNING):
            if VALUES not in each.user_attrs and since(each) > study.GRACE:  # no sign of life yet
                self.study.tell(each.number, state=TrialState.FAIL, skip_if_finished=True)
        for each in trials.dropped:
            if since(each) > study.BEAT:
                study.retry(self.study, each)

    def _one(self) -> None:
        try:
            self.study.optimize(self._tried, n_trials=1, catch=(Exception,), callbacks=[_again])
        except UpdateFinishedTrialError:  # this machine slept, and another process repeats it
            return

    def _tried(self, trial: optuna.Trial) -> float:
        if not claimed(self.study, trial.number, self.tune.trials):
            trial.set_user_attr(SUPERFLUOUS, True)
            raise SuperfluousError
        values = {path: self._drawn(trial, path, of) for path, of in self.tune.space.items()}
        study.alive(trial)  # before it has values: `_mend` looks for those without
        trial.set_user_attr(VALUES, values)
        try:
            return self.objective(values, trial)
        except optuna.TrialPruned:
            raise
        except Exception as error:  # anything that training may raise is this trial's failure
            said = masked(" ".join(str(error).split()))[:1000]
            trial.set_user_attr(ERROR, said or type(error).__name__)
            raise

    def _drawn(self, trial: optuna.Trial, path: str, dimension: Dimension) -> Any:
        if dimension.choices is not None:
            names = [json.dumps(choice) for choice in dimension.choices]
            return json.loads(trial.suggest_categorical(path, names))
        low, high = dimension.bounds
        if dimension.whole:
            return trial.suggest_int(path, int(low), int(high), log=dimension.log)
        value = trial.suggest_float(path, low, high, log=dimension.log)
        if value == self.today[path]:
            return self.today[path]
        return min(max(float(f"{value:.{DIGITS}g}"), low), high)

    def _parameters(self) -> dict[str, Any]:
        """Today's values as the study keeps them."""
        return {
            path: json.dumps(value) if self.tune.space[path].choices is not None else value
            for path, value in self.today.items()
        }


def _again(of: Study, trial: FrozenTrial) -> None:
    """A trial that failed is repeated once."""
    if trial.state == TrialState.FAIL and SUPERFLUOUS not in trial.user_attrs:
        study.retry(of, trial)
