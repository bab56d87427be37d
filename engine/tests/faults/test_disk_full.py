"""A disk that is full before a step: one clear line, nothing torn; with room the step works."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import pytest
from loop_project import Loop, outputs
from small_disk import SmallDisk

from mainline.core.files import remove
from mainline.core.layout import Layout
from mainline.stages import STAGES

pytestmark = pytest.mark.nightly

FULL = "the disk is full"
NOT_OURS = {".git", ".dvc", "__pycache__", "mlflow.db", "mlartifacts"}
KILOBYTES = (0, 8)  # what is left: nothing; a page or two


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    """A small disk with a project on it that never ran."""
    fresh = Loop.create(tmp_path_factory.mktemp("fresh") / "project")
    small = SmallDisk(tmp_path_factory.mktemp("disk"))
    fresh.copy(small.project)
    yield small
    small.close()


def files(disk: SmallDisk) -> dict[str, str]:
    """What a person or the next step would read, and what was left unfinished."""
    return {
        str(path.relative_to(disk.project)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in disk.project.rglob("*")
        if path.is_file() and not NOT_OURS & set(path.relative_to(disk.project).parts)
    }


def done(disk: SmallDisk, command: str) -> str:
    ended = disk.run(command)
    assert ended.returncode == 0, ended.stdout
    return ended.stdout


def take_away(disk: SmallDisk, *paths: Path | str) -> None:
    for path in paths:
        remove(disk.project / path)


def refused_then_done(disk: SmallDisk, command: str, kilobytes: int = 0) -> None:
    """It fails in one line, what it left is whole, and it works with room."""
    before = files(disk)
    disk.fill(kilobytes)
    ended = disk.run(command)
    disk.empty()
    print(ended.stdout)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stdout
    told = [line for line in ended.stdout.splitlines() if line.startswith(f"{command}: ")]
    assert len(told) == 1, ended.stdout
    assert FULL in told[0]
    left = files(disk)
    assert before.items() <= left.items()
    assert unfinished(left) == []
    done(disk, command)
    assert left.items() <= files(disk).items()


def unfinished(names: Iterable[str]) -> list[str]:
    return [name for name in names if ".partial-" in name or ".aside-" in name]


def test_each_step_says_so_and_works_with_room(disk):
    for number, stage in enumerate(STAGES):
        refused_then_done(disk, stage, KILOBYTES[number % len(KILOBYTES)])
    made = outputs(disk.project)
    take_away(disk, *made)
    a_run_that_breaks_off(disk, made, kilobytes=0)
    a_run_that_breaks_off(disk, made, kilobytes=300)
    assert "recorded in MLflow" in done(disk, "run")
    assert outputs(disk.project) == made
    take_away(disk, Layout.verdict, Layout.comment)
    refused_then_done(disk, "gate")
    refused_then_done(disk, "report")
    take_away(disk, "mlflow.db", "mlartifacts")
    disk.fill()
    said = done(disk, "record")  # a view of the model: without it nothing else stops
    disk.empty()
    assert said.startswith("not recorded: MLflow at sqlite:///mlflow.db: ")
    assert "full" in said
    assert len(said.splitlines()) == 1
    assert "recorded in MLflow" in done(disk, "record")


def a_run_that_breaks_off(disk: SmallDisk, made: dict[str, str], kilobytes: int) -> None:
    disk.fill(kilobytes)
    ended = disk.run("run")
    disk.empty()
    print(ended.stdout)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stdout
    assert FULL in ended.stdout or "No space left on device" in ended.stdout
    assert ended.stdout.splitlines()[-1].startswith("run: ")
    found = outputs(disk.project)
    assert found == {name: made[name] for name in found}
    assert unfinished(files(disk)) == []
