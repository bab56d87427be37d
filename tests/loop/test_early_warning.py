"""A person hears that the gate is going to close before minutes of training are spent."""

import json
import subprocess
import sys

from customer_churn.core import paths
from customer_churn.loop import early


def shift_main(project):
    path = project.root / paths.CATALOGUE
    ours = path.read_text()
    catalogue = json.loads(ours)
    catalogue["content"] = "sha256:of-the-month-before"
    catalogue["columns"]["income"]["clipped"]["mean"] /= 1000
    path.write_text(json.dumps(catalogue))
    project.git("commit", "-qam", "The month before")
    project.git("branch", "-f", "main", "HEAD")
    path.write_text(ours)


def run(project, script):
    """The lines that are said while `script` runs in place of the pipeline."""
    before = early.watched(project.root)
    command = [sys.executable, "-c", script, str(project.root / paths.VALIDATION_PAGE)]
    with subprocess.Popen(command) as pipeline:
        early.until_end(project.root, pipeline, before)
    assert pipeline.returncode == 0


TOUCH = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text('new'); time.sleep(2)"


def test_moved_data_is_told_once_while_the_pipeline_runs(project, capsys):
    shift_main(project)
    run(project, TOUCH)
    said = capsys.readouterr().out
    assert said.count("the gate is going to close: income: mean was") == 1
    assert "validation.statistics.accepted" in said


def test_a_reason_silences_it(project, capsys):
    shift_main(project)
    project.set(**{"validation.statistics": {"accepted": "in thousands"}})
    run(project, TOUCH)
    assert capsys.readouterr().out == ""


def test_nothing_is_said_of_a_table_that_was_not_checked_anew(project, capsys):
    shift_main(project)
    run(project, "pass")
    assert capsys.readouterr().out == ""


def test_what_cannot_be_compared_is_left_to_the_gate(project):
    (project.root / paths.TABLE).unlink()
    assert early.of_moved_data(project.root) == ""
    project.git("branch", "-D", "main")
    assert early.of_moved_data(project.root) == ""
