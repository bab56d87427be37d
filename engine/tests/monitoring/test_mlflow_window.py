"""One MLflow run for each window and version, written anew by the next run of the monitor."""

import shutil
from dataclasses import replace

import pytest
from mlflow import MlflowClient
from verdicts_of_windows import MODEL, VERDICT

from mainline.monitoring import mlflow_window, verdict_page
from mainline.monitoring.window import Window
from mainline.tracking import mlflow_attempt
from project import SMALL


@pytest.fixture(scope="session")
def database(tmp_path_factory):
    """One without runs. Making it takes seconds, for MLflow's migrations."""
    path = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    MlflowClient(f"sqlite:///{path}").search_experiments(max_results=1)
    return path


@pytest.fixture
def root(tmp_path, monkeypatch, database):
    """A project's settings, an empty database and a page."""
    for name in ("MLFLOW_TRACKING_URI", *mlflow_attempt.PATIENCE):
        monkeypatch.setenv(name, "")  # so that it is put back
        monkeypatch.delenv(name)
    for name in ("params.yaml", "pyproject.toml"):
        shutil.copy2(SMALL / name, tmp_path / name)
    shutil.copytree(SMALL / "src", tmp_path / "src")
    shutil.copy2(database, tmp_path / "mlflow.db")
    verdict_page.write(VERDICT, tmp_path / "page.md")
    return tmp_path


@pytest.fixture
def runs(root):
    client = MlflowClient(f"sqlite:///{root}/mlflow.db")

    def runs() -> list:
        experiment = client.get_experiment_by_name("small-monitor")
        return client.search_runs([experiment.experiment_id])

    return runs


def test_a_run_holds_figures_counts_and_the_page(root, runs):
    line = mlflow_window.record(root, VERDICT, [root / "page.md"])
    [run] = runs()
    assert line == f"recorded in MLflow (sqlite:///mlflow.db) as run {run.info.run_id[:8]}"
    assert run.info.status == "FINISHED"
    assert run.data.metrics["drift.income"] == 0.3127
    assert run.data.metrics["quality.roc_auc/gender_male"] == 0.7412
    assert run.data.metrics["count.rows"] == 104_230
    assert "concept.loss" not in run.data.metrics
    assert run.data.tags["status"] == "alarm"
    assert run.data.tags["model.version"] == MODEL["version"]
    [page] = (root / "mlartifacts").glob("*/artifacts/page.md")
    assert page.read_text() == (root / "page.md").read_text()


def test_the_same_window_again_is_one_run(root, runs):
    mlflow_window.record(root, VERDICT, [])
    mlflow_window.record(root, replace(VERDICT, findings=VERDICT.findings[:1]), [])
    [run] = runs()
    assert run.data.tags["status"] == "quiet"


@pytest.mark.parametrize(
    "other",
    [
        replace(VERDICT, window=Window.parse("2026-11-23", "2026-11-29")),
        replace(VERDICT, model=MODEL | {"version": "7"}),
        replace(VERDICT, model=MODEL | {"environment": "staging"}),
    ],
    ids=["window", "version", "environment"],
)
def test_another_window_version_or_environment_is_another_run(root, runs, other):
    mlflow_window.record(root, VERDICT, [])
    mlflow_window.record(root, other, [])
    assert len(runs()) == 2


def test_mlflow_that_does_not_answer_is_one_line(root, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    line = mlflow_window.record(root, VERDICT, [])
    assert line.startswith("not recorded: MLflow at http://127.0.0.1:9: ")
    assert line.endswith("; run `mainline monitor` again")
    assert len(line.splitlines()) == 1
