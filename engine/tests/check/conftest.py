"""The manifests of this repository, rendered once a process, and a project to break."""

import copy
import shutil
from pathlib import Path

import overlays
import pytest

from mainline.check.rendering import Rendered, render
from mainline.core.layout import Layout
from repository import repository

ROOT = Path(__file__).parents[3]
# What `mainline check` reads of a project.
READ = ("k8s", "pipelines", ".github", "Dockerfile", "dvc.yaml", "params.yaml", "pyproject.toml")


@pytest.fixture(scope="session")
def _rendered(tmp_path_factory) -> Rendered:
    root = tmp_path_factory.mktemp("rendered")
    for name in ("k8s", "pipelines"):
        shutil.copytree(ROOT / name, root / name)
    overlays.add(root / "k8s/overlays")
    return render(root)


@pytest.fixture
def rendered(_rendered) -> Rendered:
    """To be changed. overlays.py says which there are beside staging and production."""
    return copy.deepcopy(_rendered)


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """The files of this repository that the command reads, to be changed. The test runs there."""
    root = tmp_path / "project"
    root.mkdir()
    for name in READ:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, root / name)
    repository(root)
    Layout(root).dvc.mkdir()
    Layout(root).dvc_config.touch()
    monkeypatch.chdir(root)
    return root
