"""A proposal that brings another engine, through both workflows: each engine runs where it would.

The new one is a wheel in `vendor/`, built as for a new project: another version, and another title
of the model card. Job `train` installs it, `judge` and `keep` have main's.
"""

import importlib.util
import json
import os
import shutil
import zipfile
from pathlib import Path

import pytest

from hub import Hub
from mainline.lock.engine_file import EngineFile
from project import ROOT, Project

pytestmark = pytest.mark.e2e

GREEN = dict.fromkeys(("make", "scope", "train", "judge", "repackage", "keep"), "success")
VERSION = "9.0.0"
CARD = ("# Model card:", "# The card of model")


def other_engine(project: Project, folder: Path) -> None:
    """What a person does to upgrade, but for `make lock`: nothing else is needed."""
    spec = importlib.util.spec_from_file_location("wheel", ROOT / "cookiecutter/wheel.py")
    wheel = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(wheel)
    (folder / "engine").mkdir()
    for name in wheel.PARTS:
        source, target = ROOT / "engine" / name, folder / "engine" / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("node_modules"))
        else:
            shutil.copy2(source, target)
    about = folder / "engine/pyproject.toml"
    version = EngineFile.read(project.root).version
    about.write_text(about.read_text().replace(f'version = "{version}"', f'version = "{VERSION}"'))
    card = folder / "engine/src/mainline/packaging/card.py"
    card.write_text(card.read_text().replace(*CARD))
    wheel.vendor(folder, project.root)
    [made] = (project.root / "vendor").glob("*.whl")
    with zipfile.ZipFile(made) as opened:
        built = json.loads(opened.read("mainline/closures.json"))
    stages = {name: stage["hash"] for name, stage in built["stages"].items()}
    EngineFile(built["version"], stages).write(project.root)


def test_both_engines_judge_it_and_that_is_said_first(hub: Hub, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", os.pathsep.join([os.environ["PATH"], str(ROOT / ".uv/bin")]))
    before = EngineFile.read(hub.project.root).version
    project = hub.start("engine-9")
    project.set(**{"train.seed": 6})
    other_engine(project, tmp_path)
    head = hub.push("Engine 9, and another seed")
    done = hub.propose("engine-9")
    assert done.jobs == GREEN, done.log
    comment, made = hub.comment(), hub.tip("engine-9")
    print(comment)
    assert f"## ✅ This proposal changes the engine from {before} to {VERSION}. The gate" in comment
    assert "> What changes: engine.yaml, requirements/engine.txt, vendor/mainline" in comment
    assert f"Engine {before}, main's, scored both models on the same rows" in comment
    assert f"Engine {VERSION}, in the proposal's own run: ✅ The gate is open" in comment
    assert "another engine wrote it; it is not compared" in comment  # the card
    assert [hub.verdict(it) for it in (head, made)] == ["success"] * 2, comment
    assert "changes the engine" in hub.github.statuses[-1]["description"]
    assert hub.github.refused == hub.github.leaked == []
