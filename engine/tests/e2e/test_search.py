"""`mainline tune` on the small project; killed in the middle, it goes on."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from mainline.core.layout import Layout
from project import Project, stored

pytestmark = pytest.mark.e2e

COMMAND = [sys.executable, "-P", "-m", "mainline", "tune"]
SPACE = {
    "train.learning_rate": {"low": 0.0005, "high": 0.02, "log": True},
    "train.options.hidden": {"choices": [[4], [16], [32]]},
    "train.trees.lambda_l2": {"low": 0.5, "high": 20.0, "log": True},
}


@pytest.fixture
def project(shared, tmp_path) -> Project:
    """The champion's project with a search, and a network that a search can better."""
    made = stored("champion", shared).copy(tmp_path / "project")
    made.set(
        **{
            "tune": {"trials": 6, "processes": 2, "space": SPACE},
            "train.ship": "best",
            "train.epochs": 2,
            "train.learning_rate": 0.0006,
            "train.options.hidden": [4],
        }
    )
    made.commit("A search")
    return made


def tune(project: Project) -> str:
    done = subprocess.run(
        COMMAND,
        cwd=project.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def finished(project: Project) -> dict[int, tuple]:
    """Number, loss and end of each finished trial."""
    import optuna  # noqa: PLC0415

    url = f"sqlite:///{Layout(project.root).trials}"
    if not Layout(project.root).trials.exists():
        return {}
    [name] = optuna.get_all_study_names(url) or [""]
    every = optuna.load_study(study_name=name, storage=url).trials if name else []
    return {
        each.number: (each.value, each.datetime_complete)
        for each in every
        if each.state.name in ("COMPLETE", "PRUNED")
    }


def children(process: subprocess.Popen) -> list[int]:
    """The processes that search."""
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(process.pid)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.splitlines()
    return [int(line.split()[0]) for line in listed if "tuning.worker" in line]


def test_a_search_that_is_killed_goes_on_and_ends_in_a_branch(project):
    with (project.root.parent / "log").open("wb") as log:
        process = subprocess.Popen(COMMAND, cwd=project.root, stdout=log, stderr=log)
        while len(finished(project)) < 2:
            assert process.poll() is None, (project.root.parent / "log").read_text()
            time.sleep(0.5)
        working = children(process)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert len(working) == 2
    before = finished(project)
    while any(Path(f"/proc/{each}").exists() for each in working):  # they end with their parent
        time.sleep(0.1)
    status = project.git("status", "--porcelain")
    said = tune(project)
    after = finished(project)
    assert len(after) == 6
    assert {number: after[number] for number in before} == before, "no finished trial is repeated"
    assert f"{len(before)} trials are finished already" in said
    assert re.search(r"tune +trials \d/\d .* \d+ s left", said)
    assert project.git("status", "--porcelain") == status
    [branch] = project.git("branch", "--list", "tune-*", "--format=%(refname:short)").split()
    assert project.git("diff", "--name-only", "HEAD", branch) == "params.yaml\n"
    then = yaml.safe_load(project.git("show", f"{branch}:params.yaml"))
    now = yaml.safe_load((project.root / "params.yaml").read_text())
    assert then["train"] != now["train"]
    assert {**then, "train": 0} == {**now, "train": 0}
    assert "| 0 (today) |" in project.git("log", "-1", "--format=%B", branch)
    assert (Layout(project.root).search / "index.html").read_text().count("<svg") == 5
    again = tune(project)
    assert "6 trials are finished already" in again
    assert finished(project) == after


def test_ctrl_c_ends_all_processes(project):
    process = subprocess.Popen(
        COMMAND,
        cwd=project.root,
        stdout=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    while len(working := children(process)) < 2:
        assert process.poll() is None
        time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    assert not any(Path(f"/proc/{each}").exists() for each in working)


def test_every_trial_fails(project):
    code = project.root / "src/small/network.py"
    text = code.read_text().replace("def build(", "def build_(")
    call = "def build(columns, options, task):\n    raise ValueError('no such layer')\n"
    code.write_text(f"{text}\n\n{call}")
    project.commit("A network that fails")
    done = subprocess.run(COMMAND, cwd=project.root, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last == "tune: every trial failed. The first one: no such layer"
