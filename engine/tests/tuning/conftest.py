"""Studies in SQLite, searched in this process or in others."""

import subprocess
import sys
import time
from collections.abc import Callable
from types import SimpleNamespace

import made_up
import pytest
from made_up import FOREVER, TODAY, loss, settings

from mainline.tuning import study
from mainline.tuning.study import Trials
from mainline.tuning.work import Work


@pytest.fixture
def url(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'tune.db'}"


@pytest.fixture
def search(url) -> Callable[..., Trials]:
    """Work off a study in this process. Returns its trials."""

    def work(objective=loss, today=TODAY, until=FOREVER, **more) -> Trials:
        tune = settings(**more)
        opened = study.opened(url, "s", tune)
        Work(opened, tune, today, objective).run(until)
        return Trials.of(opened)

    return work


@pytest.fixture
def process(tmp_path):
    """Start a process that works off the study of 8 trials; it is killed with the test."""
    notes, started = tmp_path / "notes", []
    notes.mkdir()

    def start(url: str, worker: int = 1, seconds: float = 0.3) -> subprocess.Popen:
        command = [sys.executable, made_up.__file__, url, str(worker), str(notes), str(seconds)]
        started.append(subprocess.Popen(command))
        return started[-1]

    def noted(kind: str) -> set[str]:
        return {path.name.partition("-")[2] for path in notes.glob(f"{kind}-*")}

    def until(kind: str, count: int) -> set[str]:
        while len(noted(kind)) < count:
            assert any(each.poll() is None for each in started)
            time.sleep(0.05)
        return noted(kind)

    yield SimpleNamespace(start=start, noted=noted, until=until)
    for each in started:
        each.kill()
        each.wait()
