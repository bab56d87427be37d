"""One run a content, whatever happens to MLflow."""

import shutil

import pytest
from mlflow import MlflowClient

from customer_churn.core import paths
from customer_churn.delivery.environments import release_path
from customer_churn.release.file import Release
from customer_churn.tracking import record

UNREACHABLE = "http://127.0.0.1:9"


@pytest.fixture
def client(project, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return MlflowClient(f"sqlite:///{project.root}/mlflow.db")


def runs(client: MlflowClient) -> list:
    experiment = client.get_experiment_by_name("customer-churn")
    return client.search_runs([experiment.experiment_id])


def test_a_run_holds_params_figures_curves_and_the_model(project, client):
    line = record.describe(project.root)
    (run,) = runs(client)
    assert line.startswith("recorded in MLflow")
    assert run.data.params["train.epochs"] == "6"
    assert 0.5 < run.data.metrics["model.roc_auc.value"] < 1
    assert len(client.get_metric_history(run.info.run_id, "validation_loss")) == 6
    files = [entry.path for entry in client.list_artifacts(run.info.run_id, "model")]
    assert "model/saved_model.pb" in files


def test_database_and_files_travel_together(project, client, tmp_path):
    """As an artifact of a job: the database names paths of the machine that wrote it."""
    record.describe(project.root)
    (run,) = runs(client)
    shutil.move(project.root / "mlflow.db", tmp_path / "mlflow.db")
    shutil.move(project.root / "mlartifacts", tmp_path / "mlartifacts")
    there = MlflowClient(f"sqlite:///{tmp_path}/mlflow.db")
    assert there.get_run(run.info.run_id).data.metrics == run.data.metrics
    files = tmp_path / "mlartifacts" / run.info.run_id / "artifacts"
    assert (files / "model/saved_model.pb").is_file()
    assert (files / "model-card.md").is_file()


def test_recording_again_adds_nothing(project, client):
    record.describe(project.root)
    assert record.describe(project.root).startswith("already recorded")
    assert len(runs(client)) == 1
    assert len(client.search_model_versions("name = 'customer_churn'")) == 1


def test_another_content_is_another_run_and_the_challenger(project, client):
    record.describe(project.root)
    project.set(**{"package.golden_rows": 8})
    project.run("package", "release")
    record.describe(project.root)
    assert len(runs(client)) == 2
    aliases = {
        alias: client.get_model_version_by_alias("customer_churn", alias).tags["model.content"]
        for alias in ("champion", "challenger")
    }
    main = Release.parse(project.git("show", f"main:{paths.RELEASE}"), name="main")
    assert aliases["champion"] == main.content
    assert aliases["challenger"] == Release.read(project.root).content


def test_what_main_promoted_is_production_and_goes_back_with_it(project, client):
    record.describe(project.root)
    first = Release.read(project.root)
    project.set(**{"package.golden_rows": 8})
    project.run("package", "release")
    project.commit("Second")
    record.describe(project.root)
    second = Release.read(project.root)
    project.git("switch", "-q", "main")  # which is where promotions are merged
    there = project.root / release_path("production")
    for promoted in (first, second, first):
        there.parent.mkdir(exist_ok=True)
        there.write_text(promoted.render())
        project.commit("Promote")
        record.describe(project.root)
        named = client.get_model_version_by_alias("customer_churn", "production")
        assert named.tags["model.content"] == promoted.content


def test_a_run_that_broke_off_does_not_count_as_recorded(project, client, monkeypatch):
    monkeypatch.setattr(MlflowClient, "log_artifacts", lambda *_: 1 / 0)
    assert "not recorded" in record.describe(project.root)
    monkeypatch.undo()
    assert record.describe(project.root).startswith("recorded in MLflow")


def test_a_login_in_the_address_is_not_shown(project, monkeypatch, capsys):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", UNREACHABLE.replace("//", "//me:hunter2@"))
    said = record.describe(project.root)
    assert f"not recorded: MLflow at {UNREACHABLE}" in said
    assert "hunter2" not in said


def test_a_dead_server_costs_one_clear_line(project, monkeypatch, capsys):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", UNREACHABLE)
    record.run(project.root)
    said = capsys.readouterr().out
    assert said.startswith(f"not recorded: MLflow at {UNREACHABLE}")
    assert len(said.splitlines()) == 1
