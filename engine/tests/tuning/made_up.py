"""A stand-in for training, whose loss is a function of the values, and a process that searches.

`python made_up.py URL WORKER NOTES SECONDS` works off a study of 8 trials.
"""

import sys
import time
from pathlib import Path

from mainline.params.tune import TuneSettings
from mainline.tuning import study
from mainline.tuning.work import Work

FOREVER = float("inf")
SPACE = {
    "train.learning_rate": {"low": 0.001, "high": 0.1, "log": True},
    "train.options.hidden": {"choices": [[8], [16, 16]]},
    "train.epochs": {"low": 2, "high": 9},
}
TODAY = {"train.learning_rate": 0.0123456, "train.options.hidden": [8], "train.epochs": 3}


def settings(**more: object) -> TuneSettings:
    return TuneSettings.model_validate({"trials": 4, "space": SPACE} | more)


def loss(values, _trial=None) -> float:
    """Lowest at a learning rate of 0.01 with the wider network."""
    return abs(values["train.learning_rate"] - 0.01) + 0.1 * (values["train.options.hidden"] == [8])


def slow(notes: Path, seconds: float):
    """The same after some time. Each trial leaves a note when it begins and when it ends."""

    def objective(values, trial) -> float:
        (notes / f"begun-{trial.number}").touch()
        time.sleep(seconds)
        (notes / f"ended-{trial.number}").touch()
        return loss(values)

    return objective


if __name__ == "__main__":
    study.BEAT, study.GRACE = 1, 3
    url, worker, notes, seconds = sys.argv[1:]
    tune = settings(trials=8)
    opened = study.opened(url, "s", tune, worker=int(worker))
    Work(opened, tune, TODAY, slow(Path(notes), float(seconds))).run(FOREVER)
