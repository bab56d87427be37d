"""What a revision's commands run with: its engine, its packages, its environment."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from mainline import DEFAULTS
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.lock.closures import ENGINE, PLACE, PROJECT
from mainline.lock.engine_file import NAME, EngineFile
from mainline.reproduce.clone import equipped
from this_engine import this_engine

OTHER = EngineFile("0.0.1", dict.fromkeys(this_engine().stages, "0" * 64))


@pytest.fixture
def trees(tmp_path) -> tuple[Path, Path]:
    """A checkout and a clone of a revision, with the same lock and engine."""
    for name in ("ours", "theirs"):
        Layout(tmp_path / name).train_lock.parent.mkdir(parents=True)
        Layout(tmp_path / name).train_lock.write_text("numpy==2.4.0\n")
        this_engine().write(tmp_path / name)
    return tmp_path / "ours", tmp_path / "theirs"


def runs(variables: dict[str, str]) -> str:
    """The engine that a stage of the revision is run by."""
    asked = [sys.executable, "-c", "import mainline; print(mainline.__file__)"]
    return subprocess.run(
        asked, env=variables, capture_output=True, text=True, check=True
    ).stdout.strip()


def tree(target: Path) -> None:
    """A source tree of the engine, as a clone has it: without `closures.json`."""
    ignored = shutil.ignore_patterns("node_modules", "__pycache__", PLACE.name)
    shutil.copytree(ENGINE, target / "src/mainline", ignore=ignored)
    shutil.copy2(PROJECT, target / "pyproject.toml")
    with (target / "src/mainline/stages.py").open("a") as file:
        file.write("# of the revision\n")


def test_the_revision_says_itself_what_its_libraries_read(trees, monkeypatch):
    """What ours have set is not handed on: another number of threads gives other bits."""
    monkeypatch.setenv("LANG", "C")
    assert os.environ.keys() >= DEFAULTS.keys()
    found = equipped(*trees)
    assert not found.variables.keys() & DEFAULTS.keys()
    assert found.variables["LANG"] == "C"


def test_the_engine_that_runs_is_used_when_the_revision_names_it(trees):
    found = equipped(*trees)
    assert found.variables["PYTHONPATH"] == str(trees[1] / "src")
    assert runs(found.variables) == str(ENGINE / "__init__.py")


def test_a_revision_with_a_source_tree_runs_on_that(trees):
    _, clone = trees
    OTHER.write(clone)
    tree(clone / "engine")
    found = equipped(*trees)
    assert runs(found.variables) == str(clone / "engine/src/mainline/__init__.py")
    assert (clone / "engine/src/mainline" / PLACE.name).is_file()


def test_a_revision_with_a_wheel_runs_on_that(trees):
    _, clone = trees
    OTHER.write(clone)
    (clone / "vendor").mkdir()
    with zipfile.ZipFile(clone / "vendor/mainline_ml-0.0.1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("mainline/__init__.py", "")
    found = equipped(*trees)
    assert runs(found.variables) == str(clone.parent / "engine/mainline/__init__.py")


@pytest.mark.parametrize("wheels", [[], ["1", "2"]])
def test_a_revision_whose_engine_is_nowhere_is_an_error(trees, wheels):
    OTHER.write(trees[1])
    for number in wheels:
        (trees[1] / "vendor").mkdir(exist_ok=True)
        (trees[1] / f"vendor/mainline_ml-{number}.whl").touch()
    with pytest.raises(MainlineError, match=r"engine is version 0\.0\.1, and it has neither") as e:
        equipped(*trees)
    assert "another engine runs than the one it names" in str(e.value)


def test_a_damaged_wheel_and_a_tree_that_cannot_be_built_are_errors(trees):
    _, clone = trees
    OTHER.write(clone)
    (clone / "vendor").mkdir()
    (clone / "vendor/mainline_ml-1.whl").write_text("no archive")
    with pytest.raises(MainlineError, match=r"mainline_ml-1\.whl: cannot be unpacked"):
        equipped(*trees)
    tree(clone / "engine")
    (clone / "engine/src/mainline/model/train.py").write_text("def\n")
    with pytest.raises(MainlineError, match=r"(?s)engine cannot be built: .*cannot be read"):
        equipped(*trees)


def test_a_revision_without_an_engine_file_gets_an_environment_of_its_own(trees, monkeypatch):
    (trees[1] / NAME).unlink()
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MainlineError, match="`make setup` in the revision's clone needs make"):
        equipped(*trees)
