"""An engine that is installed from a wheel: its files are what the wheel held, or nothing runs."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from mainline.lock.closures import ENGINE, PLACE
from mainline.lock.engine_file import NAME
from this_engine import this_engine


@pytest.fixture
def project(tmp_path):
    """A project, and the folder `site/mainline` as a wheel leaves it."""
    this_engine()  # writes closures.json
    ignored = shutil.ignore_patterns("node_modules", "__pycache__")
    shutil.copytree(ENGINE, tmp_path / "site/mainline", ignore=ignored)
    (tmp_path / "dvc.yaml").write_text("stages: {}\n")
    return tmp_path


def said(project, *words: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "mainline", *words],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(project / "site"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def edit(project, module: str) -> None:
    with (project / "site/mainline" / module).open("a") as file:
        file.write("# edited\n")


def test_the_lock_is_that_of_the_source_tree(project):
    assert said(project, "lock") == (
        0,
        "engine.yaml names engine 0.2.0 and its code for each stage\n",
    )
    this_engine().write(project / "site")
    assert (project / NAME).read_text() == (project / "site" / NAME).read_text()
    assert "params.yaml does not exist" in said(project, "ingest")[1]


def test_another_engine_is_refused_and_both_ways_out_are_named(project):
    said(project, "lock")
    text = (project / NAME).read_text().replace("0.2.0", "0.1.0")
    (project / NAME).write_text(re.sub("(ingest: ).{64}", rf"\g<1>{'f' * 64}", text))
    code, text = said(project, "ingest")
    assert code == 1
    assert text.startswith("ingest: engine.yaml: another engine runs than the one it names")
    assert "expected engine 0.1.0, code ffffffffffff" in text
    assert "`make setup` installs the engine of requirements/engine.txt; `mainline lock`" in text
    assert "params.yaml does not exist" in said(project, "validate")[1]  # its code is the same


def test_files_that_were_edited_are_refused_and_never_locked(project):
    said(project, "lock")
    edit(project, "data/summary.py")
    assert (
        "another engine runs than the one it names for stage 'ingest'" in said(project, "ingest")[1]
    )
    (project / NAME).unlink()
    code, text = said(project, "lock")
    assert code == 1
    assert "files of the installed engine were edited: ingest, validate, split would run on" in text
    assert not (project / NAME).exists()


def test_a_file_that_is_gone_and_a_wheel_without_closures_are_errors(project):
    said(project, "lock")
    (project / "site/mainline/data/summary.py").unlink()
    code, text = said(project, "ingest")
    assert code == 1
    assert "summary.py: cannot be read" in text
    (project / "site/mainline" / PLACE.name).unlink()
    code, text = said(project, "ingest")
    assert code == 1
    assert "closures.json: does not exist. `python -m mainline.lock.build` writes it." in text
