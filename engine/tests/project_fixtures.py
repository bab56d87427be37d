"""Fixtures around `project.Project`, for the folders that need git, DVC and a model."""

import shutil
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from project import Project, stored


@pytest.fixture(scope="session")
def trained(shared: Path) -> Project:
    """One good model, not committed yet. Copy it; never change it."""
    return stored("trained", shared)


@pytest.fixture
def unreleased(shared: Path, tmp_path: Path) -> Project:
    """The good model in the working tree; main knows params and code only."""
    return stored("unreleased", shared).copy(tmp_path / "project")


@pytest.fixture
def project(shared: Path, tmp_path: Path) -> Project:
    """The good model as main's champion; HEAD is a branch that proposes nothing yet."""
    return stored("champion", shared).copy(tmp_path / "project")


@pytest.fixture
def remoted_project(shared: Path, tmp_path: Path) -> Project:
    """The same with an origin and a DVC remote, `origin.git` and `storage` beside it."""
    kept = stored("remoted", shared)
    for name in ("origin.git", "storage"):
        shutil.copytree(kept.root.parent / name, tmp_path / name)
    return kept.copy(tmp_path / "project")


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch):
    """A whole decision in less time: shorter measurements, and DVC finds nothing out of date."""
    from mainline.gate import latency, pipeline, stability  # noqa: PLC0415  import TensorFlow

    clean = SimpleNamespace(communicate=lambda: ("{}", ""), returncode=0)
    monkeypatch.setattr(latency, "SECONDS", latency.SECONDS / 10)
    monkeypatch.setattr(stability, "ROWS", 500)
    monkeypatch.setattr(pipeline, "started_status", lambda _: nullcontext(clean))
