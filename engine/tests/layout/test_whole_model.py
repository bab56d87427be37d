"""The real stages and the gate, of a model in `models/second`."""

import subprocess
import sys
from pathlib import Path

import pytest

from mainline.core.layout import Layout
from project import ROOT, SMALL, Project

SHARED = ("src/", "requirements/", "engine.yaml")


def mainline(model: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "mainline", *arguments]
    done = subprocess.run(command, cwd=model, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def second(tmp_path) -> Project:
    """The small project, whose only model is the second one."""
    project = Project.create(tmp_path / "project", tmp_path / "store")
    model = project.root / "models/second"
    model.mkdir(parents=True)
    for name in (Layout.params, Layout.pipeline, "data", "k8s"):
        (project.root / name).rename(model / name)
    (model / ".gitignore").write_text((SMALL / ".gitignore").read_text())
    text = Layout(model).pipeline.read_text()
    for name in SHARED:
        text = text.replace(f" {name}", f" ../../{name}")
    Layout(model).pipeline.write_text(text)
    Layout(model).train_lock.write_text(Layout(ROOT).train_lock.read_text())
    project.root = model
    project.set(**{"gate.champion.margin": 0.5})  # no test is about how good it is
    return project


@pytest.mark.nightly
def test_it_is_made_judged_and_proposed(second):
    assert "The gate is open" in mainline(second.root, "run")
    second.commit("One")
    second.git("switch", "-q", "-c", "proposal")
    second.set(**{"train.seed": 43})
    second.commit("Another seed")
    said = mainline(second.root, "propose", "--against", "main")
    assert "The gate is open" in said
    assert "| `train.seed` | `17` | `43` |" in said
    changed = second.git("diff", "--name-only", "HEAD").split()
    assert "models/second/k8s/overlays/staging/release.yaml" in changed
    assert all(name.startswith("models/second/") for name in changed)
    assert "ROC AUC" in mainline(second.root, "history")
