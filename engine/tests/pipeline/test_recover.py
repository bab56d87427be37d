"""What a killed `dvc` leaves is put right; what a living one or a person left is not touched."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.dvc.recover import recover
from mainline.pipeline import up_to_date as pipeline
from mainline.process.children import environment


@pytest.fixture(autouse=True)
def nothing_to_import(monkeypatch):
    """What a run imports meanwhile takes seconds."""
    monkeypatch.setattr(pipeline, "AFTERWARDS", ())


@pytest.fixture(scope="module")
def has_run(tmp_path_factory) -> Path:
    """A pipeline of two stages that has run."""
    tmp_path = tmp_path_factory.mktemp("has-run")
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    (tmp_path / ".dvc").mkdir()
    (tmp_path / ".dvc" / "config").write_text("[core]\n    analytics = false\n")
    stage = (
        "  {0}:\n    cmd: echo {0} > {0}.txt && echo {0} >> ran.log\n"
        "    deps: [in.txt]\n    outs: [{0}.txt]\n"
    )
    (tmp_path / "dvc.yaml").write_text("stages:\n" + stage.format("one") + stage.format("two"))
    (tmp_path / "in.txt").touch()  # without a dependency DVC keeps no run
    pipeline.repro(tmp_path, variables=environment())
    return tmp_path


@pytest.fixture
def tiny(has_run: Path, tmp_path: Path) -> Path:
    return shutil.copytree(has_run, tmp_path / "tiny", symlinks=True)


def gone() -> int:
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def noted(number: int) -> str:
    about = {"pid": number, "cmd": "dvc repro"}
    return json.dumps({"write": {"/somewhere/one.txt": about}, "read": {"/somewhere": [about]}})


def test_a_lock_cut_off_anywhere_is_whole_or_absent_afterwards(tiny):
    from dvc.repo import Repo  # noqa: PLC0415

    content = Layout(tiny).lock.read_bytes()
    for end in range(0, len(content), 23):
        Layout(tiny).lock.write_bytes(content[:end])
        recover(tiny)
        with Repo(str(tiny)) as repo:
            assert len(repo.index.stages) == 2


def test_nothing_runs_again_for_want_of_the_lock(tiny):
    content = Layout(tiny).lock.read_bytes()
    Layout(tiny).lock.write_bytes(content[:40])
    pipeline.reproduce(tiny)
    assert Layout(tiny).lock.read_bytes() == content
    assert (tiny / "ran.log").read_text() == "one\ntwo\n"


def test_a_whole_lock_stays(tiny):
    before = Layout(tiny).lock.stat().st_mtime_ns
    recover(tiny)
    assert Layout(tiny).lock.stat().st_mtime_ns == before


def test_a_conflict_is_for_a_person(tiny):
    Layout(tiny).lock.write_text("<<<<<<< HEAD\nstages: {}\n=======\nstages: {}\n>>>>>>> main\n")
    with pytest.raises(MainlineError, match=r"merge conflict.*git checkout"):
        recover(tiny)
    assert Layout(tiny).lock.exists()


@pytest.mark.parametrize("content", ["", '{"write": {"', "[]", '{"write": []}', noted(os.getpid())])
def test_notes_that_name_nobody_who_is_dvc_are_taken_away(tiny, content):
    """A number comes again, in a container after each restart: this test has one, and is no DVC."""
    Layout(tiny).dvc_busy.write_text(content)
    recover(tiny)
    assert not Layout(tiny).dvc_busy.exists()


def test_notes_of_a_dead_dvc_are_in_nobodys_way(tiny):
    Layout(tiny).dvc_busy.write_text(noted(gone()))
    pipeline.reproduce(tiny)


def test_notes_of_a_living_dvc_stay(tiny):
    called = [sys.executable, "-c", "input()", "dvc", "repro"]
    with subprocess.Popen(called, stdin=subprocess.PIPE) as living:
        Layout(tiny).dvc_busy.write_text(noted(living.pid))
        recover(tiny)
        assert Layout(tiny).dvc_busy.exists()
        living.kill()
