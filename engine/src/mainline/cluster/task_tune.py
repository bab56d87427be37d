"""The command `task tune`: works off trials of a search that other pods work on, too."""

import math
import os
import time
from pathlib import Path

from mainline.cluster import part
from mainline.cluster.checkout import clone
from mainline.core.progress import Progress, say
from mainline.tuning import study
from mainline.tuning.job import Job
from mainline.tuning.objective import Objective
from mainline.tuning.result import Result
from mainline.tuning.study import Trials
from mainline.tuning.work import Work


def run(work: Path, *, revision: str, stages: str, directory: Path, worker: int) -> None:
    """Work below `work`, an empty folder, until all trials of the study are finished.

    Raises MainlineError when the search cannot begin or every trial failed.
    """
    url = study.shared()
    os.environ.pop(study.STORAGE)  # the project's code needs no database
    checkout = clone(work, revision, directory)
    part.run(checkout, stages)
    job = Job.of(checkout.root)
    opened = study.opened(url, job.name, job.tune, worker=worker)
    done = len(Trials.of(opened).finished)
    say("tune", f"{opened.study_name}: {done} of {job.tune.trials} trials are finished")
    until = time.monotonic() + (job.tune.minutes * 60 if job.tune.minutes else math.inf)
    with Progress("tune", "trials", max(job.tune.trials - done, 0)) as progress:

        def step(trials: Trials) -> None:
            more = len(trials.finished) - done - progress.done
            if more > 0:
                progress.step(more)

        Work(opened, job.tune, job.today, Objective(job)).run(until, step)
    Result.of(job, Trials.of(opened))
