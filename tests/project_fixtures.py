"""Fixtures around `project.Project`, for the folders that need git, DVC and a model."""

from pathlib import Path

import pytest
from filelock import FileLock

from project import Project


@pytest.fixture(scope="session")
def trained(shared: Path) -> Project:
    """One good model, not committed yet; built once for all processes of a test run."""
    root = shared / "trained-project"
    store = shared / "trained-variants"
    store.mkdir(exist_ok=True)
    with FileLock(f"{root}.lock"):
        if not (root / "dvc.lock").exists():
            Project.create(root, store).run()
    return Project(root, store)


@pytest.fixture
def unreleased(trained: Project, tmp_path: Path) -> Project:
    """The good model in the working tree; main knows params and code only."""
    project = trained.copy(tmp_path / "project")
    generated = ["dvc.lock", "data/catalogue.json", "metrics", "plots", "k8s"]
    project.git("add", "--all")
    project.git("rm", "-r", "-q", "--cached", "--ignore-unmatch", *generated)
    project.git("commit", "-q", "-m", "Code")
    return project


@pytest.fixture
def project(trained: Project, tmp_path: Path) -> Project:
    """The good model as main's champion; HEAD is a branch that proposes nothing yet."""
    project = trained.copy(tmp_path / "project")
    project.commit("Champion")
    project.git("switch", "-q", "-c", "proposal")
    return project
