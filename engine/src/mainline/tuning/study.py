"""The study in its database: opened, and what has become of its trials."""

import os
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import optuna
import sqlalchemy
from optuna.exceptions import ExperimentalWarning
from optuna.pruners import MedianPruner
from optuna.samplers import TPESampler
from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback
from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.data.sources import database
from mainline.params.tune import TuneSettings

STORAGE = "TUNE_STORAGE"  # holds a password, so it is never in git
BEAT, GRACE = 10, 60  # seconds between signs of life, and without one until a trial counts as dead
PATIENCE, ATTEMPTS = 30, 5  # seconds for a connection or a lock; attempts to open
TODAY, VALUES, SUPERFLUOUS = "today", "values", "superfluous"  # attributes of a trial
Made = TypeVar("Made")
warnings.filterwarnings("ignore", category=ExperimentalWarning)
optuna.logging.set_verbosity(optuna.logging.ERROR)
retry = RetryHeartbeatStaleTrialCallback(max_retry=1)


def address(root: Path) -> str:
    """The database: TUNE_STORAGE, or a SQLite file of the project."""
    return os.environ.get(STORAGE) or f"sqlite:///{Layout(root).trials.resolve()}"


def shared() -> str:
    """The database that pods share. Raises MainlineError when it is not named."""
    url = os.environ.get(STORAGE)
    if not url:
        raise MainlineError(
            f"{STORAGE} is not set, so pods have no study in common.",
            expected="postgresql+psycopg://USER:PASSWORD@HOST/DATABASE in the Secret `tune`",
        )
    return url


def prepared(url: str) -> str:
    """Make the database's tables. Returns its address without a login.

    Raises MainlineError when it cannot be used.
    """
    _attempts(url, lambda: _storage(url))
    return database.describe(url)


def opened(url: str, name: str, tune: TuneSettings, *, worker: int = 0) -> Study:
    """The study `name`, made if it is not there. Each `worker` draws other values.

    Raises MainlineError when the database cannot be used.
    """
    study = _attempts(
        url,
        lambda: optuna.create_study(study_name=name, storage=_storage(url), load_if_exists=True),
    )
    begun = len(study.get_trials(deepcopy=False))
    start = max(2, min(10, tune.trials // 4))
    # Another seed after a restart: the same one would draw the values of finished trials again.
    seed = (tune.seed * 1_000_003 + worker * 10_007 + begun) % 2**32
    study.sampler = TPESampler(n_startup_trials=start, constant_liar=True, seed=seed)
    study.pruner = MedianPruner(n_startup_trials=min(start, 5))
    return study


def _storage(url: str) -> RDBStorage:
    patience = "timeout" if url.startswith("sqlite:") else "connect_timeout"
    return RDBStorage(
        url,
        {"connect_args": {patience: PATIENCE}, "pool_pre_ping": True},
        heartbeat_interval=BEAT,
        grace_period=GRACE,
        heartbeat_stale_trial_callback=retry,
    )


def _attempts(url: str, make: Callable[[], Made]) -> Made:
    """What `make` gives. Processes that make the tables at the same time may be refused."""
    for left in reversed(range(ATTEMPTS)):
        try:
            return make()
        except (sqlalchemy.exc.SQLAlchemyError, ImportError, RuntimeError) as error:
            if not left:
                raise _unusable(url, error) from None
            time.sleep(1)
    raise AssertionError


def _unusable(url: str, error: Exception) -> MainlineError:
    return MainlineError(
        f"the study cannot be opened: {said_by(error)}.",
        where=database.describe(url),
        hint=f"The environment variable {STORAGE} names the database.",
    )


def alive(trial: optuna.Trial) -> None:
    """Write the first sign of life. A trial without one never counts as dead."""
    storage: Any = trial.storage
    storage.record_heartbeat(trial._trial_id)  # Optuna's own thread may be later, with the same


def said_by(error: Exception) -> str:
    """The driver's own words, which hold no login, without SQLAlchemy's."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return " ".join(lines[:2]).rstrip(".")


def of_database(error: BaseException | None) -> Exception | None:
    """The failure of the database that an error comes from; None for another error."""
    while error is not None and not isinstance(error, sqlalchemy.exc.SQLAlchemyError):
        error = error.__cause__ or error.__context__
    return error


def retried(trial: FrozenTrial) -> list[int]:
    """Numbers of the trials that this one repeats."""
    return RetryHeartbeatStaleTrialCallback.retry_history(trial)


@dataclass(frozen=True)
class Trials:
    """All trials of a study. One that failed and was repeated counts once."""

    every: list[FrozenTrial]

    @classmethod
    def of(cls, study: Study) -> "Trials":
        """As they are now."""
        found = study.get_trials(deepcopy=False)
        repeated = {number for trial in found for number in retried(trial)}
        return cls(
            [
                trial
                for trial in found
                if trial.number not in repeated and SUPERFLUOUS not in trial.user_attrs
            ]
        )

    def among(self, *states: TrialState) -> list[FrozenTrial]:
        """Those in one of the states."""
        return [trial for trial in self.every if trial.state in states]

    @property
    def finished(self) -> list[FrozenTrial]:
        """Complete, pruned, and failed for good."""
        return [*self.among(TrialState.COMPLETE, TrialState.PRUNED), *self.failed]

    @property
    def failed(self) -> list[FrozenTrial]:
        """Those that failed again when they were repeated."""
        return [trial for trial in self.among(TrialState.FAIL) if retried(trial)]

    @property
    def dropped(self) -> list[FrozenTrial]:
        """Those that failed, and that no process has put back yet."""
        return [trial for trial in self.among(TrialState.FAIL) if not retried(trial)]

    @property
    def complete(self) -> list[FrozenTrial]:
        """Those with a loss, the lowest first."""
        return sorted(self.among(TrialState.COMPLETE), key=lambda each: (each.value, each.number))


def claimed(study: Study, number: int, most: int) -> bool:
    """Whether the trial is among the `most` that a study has.

    Two processes may begin the last one at the same time. Their numbers differ: the later one is
    left out, and so is a second trial of today's values, or of one that is repeated.
    """
    found = study.get_trials(deepcopy=False)
    own = found[number]
    before = [each for each in found[:number] if SUPERFLUOUS not in each.user_attrs]
    if retried(own):
        return not any(retried(each) == retried(own) for each in before)
    if TODAY in own.user_attrs:
        fixed = own.system_attrs.get("fixed_params")
        return not any(
            TODAY in each.user_attrs and each.system_attrs.get("fixed_params") == fixed
            for each in before
        )
    return sum(not retried(each) for each in before) < most
