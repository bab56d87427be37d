"""A real model, trained again from its commit in a clone that goes away."""

import os
import subprocess
import sys

import pytest

from mainline.core.layout import Layout
from mainline.process.children import environment
from mainline.release.release_file import Release

pytestmark = pytest.mark.e2e


def reproduce(project, *arguments: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name != "GITHUB_STEP_SUMMARY"}
    return subprocess.run(
        [sys.executable, "-m", "mainline.cli.main", "reproduce", *arguments],
        cwd=project.root,
        env=inherited | {"PYTHONPATH": str(project.root / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def packaged(project):
    """As the pipeline packages, in a process of its own: within one, names in graphs count up."""
    stages = ["--force", "--no-run-cache", "--single-item", "package", "release"]
    subprocess.run(
        [sys.executable, "-m", "dvc", "repro", *stages],
        cwd=project.root,
        env=environment(project.root / "src"),
        check=True,
    )
    project.commit("Packaged")
    return project


def test_the_same_commit_makes_the_same_model(packaged):
    project = packaged
    done = reproduce(project, "HEAD")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    release = Release.read(project.root)
    assert "Reproduced, byte for byte" in done.stdout
    assert release.digest in done.stdout
    assert "Running stage 'train'" in done.stdout
    assert "not recorded" in done.stdout  # committed by a person


def test_figures_that_somebody_made_nicer_are_found(project):
    path = Layout(project.root).figures
    text = path.read_text()
    start = text.index('"value": ', text.index('"roc_auc"')) + len('"value": ')
    end = text.index(",", start)
    path.write_text(f"{text[:start]}0.9999{text[end:]}")
    project.commit("Nicer")
    done = reproduce(project, "HEAD")
    assert done.returncode == 1, done.stdout[-3000:] + done.stderr[-3000:]
    assert "NOT reproduced, the figures differ" in done.stdout
    assert "model.roc_auc is committed as 0.9999, computed as" in done.stdout
