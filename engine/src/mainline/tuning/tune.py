"""The command `tune`: searches settings of `train`, and makes a branch of the best ones."""

import math
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from optuna.study import Study

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.progress import Progress, say
from mainline.dvc.graph import needs
from mainline.dvc.repro import repro
from mainline.dvc.workflow_stages import tasks
from mainline.git import Git
from mainline.lock.running import ready
from mainline.process.children import end, ending, environment
from mainline.proposal.secrets import withheld
from mainline.snapshots import keep
from mainline.tuning import page, proposed, study
from mainline.tuning.job import Job
from mainline.tuning.result import Result
from mainline.tuning.study import Trials

LOOK = 1.0  # seconds between two looks at the trials


def run(root: Path) -> None:
    """Search, or go on with the search of the same rows, code and settings.

    Raises MainlineError before a trial runs when the settings allow no search, and at the end when
    every trial failed.
    """
    job, git = Job.of(root), Git(root)
    if git.inside():
        proposed.settled(git, job.today)
    ready(root)
    keep.prepare(root)
    repro(root, *tasks(needs(root))["data"], variables=withheld(environment()))
    name, url = job.name, study.address(root)
    opened = study.opened(url, name, job.tune)
    _work(job, opened)
    result = Result.of(job, Trials.of(opened))
    page.write(opened, result)
    say("tune", result.counts())
    print("\n".join(["", *result.lines(), "", result.sentence, ""]), flush=True)
    if result.better and git.inside():
        made = proposed.branch(git, name, result)
        say("branch", f"{name} at {made[:12]}. `git push origin {name}` proposes it")
    say("page", f"{Layout(root).search / page.NAME}")


def _work(job: Job, opened: Study) -> None:
    """Start processes and wait until they have finished all trials."""
    done = len(Trials.of(opened).finished)
    left = max(job.tune.trials - done, 0)
    seconds = job.tune.minutes * 60 if job.tune.minutes else math.inf
    if done:
        say("tune", f"{opened.study_name}: {done} trials are finished already")
    logs = Layout(job.root).search
    logs.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        workers = []
        for number in range(1, min(job.tune.processes, max(left, 1)) + 1):
            log = stack.enter_context((logs / f"worker-{number}.log").open("wb"))
            command = [sys.executable, "-P", "-m", "mainline.tuning.worker"]
            process = subprocess.Popen(
                [*command, opened.study_name, str(number), str(seconds)],
                cwd=job.root,
                env=withheld(environment()) | _own(job),
                stdout=log,
                stderr=subprocess.STDOUT,
                close_fds=False,  # it holds the checkout's lock, too
            )
            workers.append(stack.enter_context(ending(process)))
        with Progress("tune", "trials", left) as progress:
            while any(each.poll() is None for each in workers):
                _step(progress, Trials.of(opened), done)
                if any(each.returncode == 1 for each in workers):
                    break
                time.sleep(LOOK)
            _step(progress, Trials.of(opened), done)
        for number, each in enumerate(workers, 1):
            if each.returncode == 1:
                for other in workers:
                    end(other)
                raise MainlineError(_last(logs / f"worker-{number}.log"))
        if workers and all(each.returncode for each in workers):
            raise MainlineError(
                "every process of the search was killed.",
                found=f"exit code {workers[0].returncode}",
                hint="`mainline tune` goes on where it stopped; with fewer `tune.processes` it "
                "needs less memory.",
            )


def _own(job: Job) -> dict[str, str]:
    """What a process of the search needs beyond this one's environment."""
    # On a GPU each process would take all memory.
    return {study.STORAGE: study.address(job.root), "TF_FORCE_GPU_ALLOW_GROWTH": "true"}


def _step(progress: Progress, trials: Trials, done: int) -> None:
    more = len(trials.finished) - done - progress.done
    if more > 0:
        best = trials.complete
        progress.step(more, note=f"best loss {best[0].value:.4f}" if best else "")


def _last(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return (lines or ["a process of the search failed"])[-1].removeprefix("tune: ")
