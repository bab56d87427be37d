"""What `record` reads, in a directory of its own: no DVC, and git where a test asks for it."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from mlflow import MlflowClient

from mainline.core.layout import Layout
from mainline.release.release_file import Release
from mainline.tracking import mlflow_attempt
from project import Project

READ = (
    "params.yaml",
    "requirements",
    str(Layout.figures),
    str(Layout.curve),
    str(Layout.saved_model),
    str(Layout.model_card),
    str(Layout.release),
)


@pytest.fixture
def root(trained: Project, tmp_path: Path, monkeypatch) -> Path:
    """A model as `make run` leaves it."""
    for name in ("MLFLOW_TRACKING_URI", *mlflow_attempt.PATIENCE):
        monkeypatch.setenv(name, "")  # so that it is put back
        monkeypatch.delenv(name)
    root = tmp_path / "root"
    for name in READ:
        source, target = trained.root / name, root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, target)
    return root


@pytest.fixture
def repository(root: Path) -> Project:
    """The same in git: main names the model, HEAD is a branch."""
    made = Project(root, root)
    made.git("init", "-q", "-b", "main")
    for key in ("name", "email"):
        made.git("config", f"user.{key}", "tester@example.com")
    (root / ".gitignore").write_text("mlflow.db\nmlartifacts\n")
    made.commit("Champion")
    made.git("switch", "-q", "-c", "proposal")
    return made


@pytest.fixture(scope="session")
def database(tmp_path_factory) -> Path:
    """One without runs. Making it takes seconds, for MLflow's migrations."""
    path = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    MlflowClient(f"sqlite:///{path}").search_experiments(max_results=1)
    return path


@pytest.fixture
def client(root: Path, database: Path) -> MlflowClient:
    shutil.copy2(database, root / "mlflow.db")
    return MlflowClient(f"sqlite:///{root}/mlflow.db")


@pytest.fixture
def another(root: Path):
    """Releases another model: `record` goes by what the release file says."""

    def release(digit: str) -> Release:
        made = replace(Release.read(root), content=f"sha256:{digit * 64}", version=digit)
        Layout(root).release.write_text(made.render())
        return made

    return release
