"""Two at once in one checkout: the second is told who the first is. The dead hold nothing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mainline.cli import main as cli
from mainline.cli.commands import COMMANDS
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.process.one_run import one_run

HOLDER = """
import subprocess, sys, time
from pathlib import Path
from mainline.process.one_run import one_run
with one_run(Path(), "run"):
    child = subprocess.Popen(["sleep", "600"], close_fds=False) if sys.argv[1:] else None
    print(child and child.pid, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch) -> Path:
    (tmp_path / ".dvc").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def held(*arguments: str) -> tuple["subprocess.Popen[str]", str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, *arguments], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    return holder, holder.stdout.readline().strip()


ALONE = {
    *("run", "tune", "propose", "gate", "report", "snapshot", "retain", "retrain"),
    *("judge", "repackage", "keep"),
}


def test_all_that_writes_here_is_alone():
    assert {name for name, about in COMMANDS.items() if about.alone} == ALONE


def test_the_second_is_told_who_is_at_work(checkout, capsys):
    holder, _ = held()
    code = cli.main(["report"])
    holder.kill()
    holder.communicate()
    assert code == 1
    said = capsys.readouterr().err
    assert said.startswith(f"report: `run` (process {holder.pid}, since ")
    assert f"kill -INT {holder.pid}" in said
    assert not (checkout / "reports").exists()


def test_a_killed_one_is_in_nobodys_way(checkout):
    holder, _ = held()
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    with one_run(checkout, "run"):
        assert Layout(checkout).one_run.read_text().startswith(f"{os.getpid()} run ")


def test_what_a_killed_one_started_still_is(checkout):
    holder, child = held("with a child")
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    told = "or a process that it started, is running in this checkout"
    with pytest.raises(MainlineError, match=told), one_run(checkout, "run"):
        pytest.fail("two at once")
    os.kill(int(child), signal.SIGKILL)
    holder.communicate()
    _eventually(checkout)


def _eventually(checkout: Path) -> None:
    for _ in range(600):
        try:
            with one_run(checkout, "run"):
                return
        except MainlineError:
            time.sleep(0.1)
    pytest.fail("the lock was never released")


def test_one_after_the_other_is_fine(checkout):
    for _ in range(2):
        with one_run(checkout, "run"):
            pass


def test_outside_of_a_project_nothing_is_made(tmp_path):
    with one_run(tmp_path, "run"):
        assert not list(tmp_path.iterdir())
