"""What runs without TensorFlow and the loop's tools: what is in memory when the work is done."""

import subprocess
import sys

import pytest

from mainline.cli.commands import COMMANDS
from mainline.stages import STAGES

HEAVY = ("tensorflow", "keras", "mlflow", "evidently", "sqlalchemy", "sklearn", "dvc")
NEEDS_TENSORFLOW = ("train", "evaluate", "package")
# What a person asks of git and of files; the rest computes with the model or drives the loop.
ASKING = (
    *("params", "report", "history", "trace", "promote", "check-promotion"),
    *("touched", "fork", "retrain"),
)
PROGRAM = """
import importlib, sys
from pathlib import Path
for name in sys.argv[2:]:
    module = importlib.import_module(name)
    if sys.argv[1]:
        module.run(Path(sys.argv[1]))
print(*sorted({name.partition('.')[0] for name in sys.modules}))
"""


def imported(root, *modules):
    """Top-level modules in memory after `run(root)` of each, or after their import alone."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(root), *modules],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def test_stages_that_need_no_tensorflow_do_their_work_without_it(trained, tmp_path):
    root = trained.copy(tmp_path / "project").root
    light = [module for name, module in STAGES.items() if name not in NEEDS_TENSORFLOW]
    seen = imported(root, *light)
    assert "pandas" in seen
    assert seen.isdisjoint(HEAVY)


def test_stages_that_need_it_do_not_pull_in_the_loop_s_tools():
    seen = imported("", *(STAGES[name] for name in NEEDS_TENSORFLOW))
    assert "tensorflow" in seen
    assert seen.isdisjoint({"mlflow", "evidently", "sqlalchemy", "dvc"})


@pytest.mark.parametrize("command", ASKING)
def test_questions_about_files_and_git_import_nothing_heavy(command):
    package = STAGES["train"].partition(".")[0]
    assert imported("", f"{package}.{COMMANDS[command].module}").isdisjoint(HEAVY)
