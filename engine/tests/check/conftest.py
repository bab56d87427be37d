"""The manifests of this repository, rendered once a process, and a project to break."""

import copy
import shutil
from pathlib import Path

import pytest
import yaml

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
    overlays = root / "k8s/overlays"
    overlay = yaml.safe_load((overlays / "production/kustomization.yaml").read_text())
    listed = overlay["components"]
    alone = [it for it in listed if "gateway" not in it]
    for name, components in (("gpu", ["../../components/gpu", *listed]), ("alone", alone)):
        shutil.copytree(overlays / "production", overlays / name)
        text = yaml.safe_dump(overlay | {"components": components})
        (overlays / name / "kustomization.yaml").write_text(text)
    return render(root)


@pytest.fixture
def rendered(_rendered) -> Rendered:
    """To be changed. `gpu` is production with a GPU, `alone` the same without a gateway."""
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
