"""One run a content, and aliases that follow main."""

import shutil
import subprocess
import sys

from mlflow import MlflowClient

from mainline.k8s.environments import release_path
from mainline.release.release_file import Release
from mainline.tracking import record


def runs(client: MlflowClient) -> list:
    experiment = client.get_experiment_by_name("small")
    return client.search_runs([experiment.experiment_id])


def content(client: MlflowClient, alias: str) -> str:
    return client.get_model_version_by_alias("small", alias).tags["model.content"]


def test_a_run_holds_params_figures_curves_and_the_model(root, client):
    line = record.describe(root)
    (run,) = runs(client)
    assert line.startswith("recorded in MLflow")
    assert run.data.params["train.epochs"] == "6"
    assert 0.5 < run.data.metrics["model.roc_auc.value"] < 1
    assert len(client.get_metric_history(run.info.run_id, "validation_loss")) == 6
    files = [entry.path for entry in client.list_artifacts(run.info.run_id, "model")]
    assert {"model/MLmodel", "model/requirements.txt", "model/saved_model"} <= set(files)


def test_database_and_files_travel_together(root, client, tmp_path):
    """As an artifact of a job: the database names paths of the machine that wrote it."""
    record.describe(root)
    (run,) = runs(client)
    shutil.move(root / "mlflow.db", tmp_path / "mlflow.db")
    shutil.move(root / "mlartifacts", tmp_path / "mlartifacts")
    there = MlflowClient(f"sqlite:///{tmp_path}/mlflow.db")
    assert there.get_run(run.info.run_id).data.metrics == run.data.metrics
    files = tmp_path / "mlartifacts" / run.info.run_id / "artifacts"
    assert (files / "model/saved_model/saved_model.pb").is_file()
    assert (files / "model-card.md").is_file()


def test_recording_again_adds_nothing(root, client):
    record.describe(root)
    assert record.describe(root).startswith("already recorded")
    assert len(runs(client)) == 1
    assert len(client.search_model_versions("name = 'small'")) == 1


def test_another_content_is_another_run_and_the_challenger(repository, client, another):
    champion = Release.read(repository.root)
    record.describe(repository.root)
    challenger = another("7")
    record.describe(repository.root)
    assert len(runs(client)) == 2
    assert content(client, "champion") == champion.content
    assert content(client, "challenger") == challenger.content


def test_what_main_promoted_is_production_and_goes_back_with_it(repository, client, another):
    first = Release.read(repository.root)
    record.describe(repository.root)
    second = another("7")
    record.describe(repository.root)
    repository.git("switch", "-q", "--force", "main")  # which is where promotions are merged
    there = repository.root / release_path("production")
    there.parent.mkdir()
    for promoted in (first, second, first):
        there.write_text(promoted.render())
        repository.commit("Promote")
        record.describe(repository.root)
        assert content(client, "production") == promoted.content


def test_a_run_that_broke_off_does_not_count_as_recorded(root, client, monkeypatch):
    monkeypatch.setattr(MlflowClient, "log_artifacts", lambda *_: 1 / 0)
    assert "not recorded" in record.describe(root)
    monkeypatch.undo()
    assert record.describe(root).startswith("recorded in MLflow")


def test_a_run_whose_model_does_not_load_is_recorded_anew(root, client):
    """As runs of before were recorded; the alias names the version that loads."""
    record.describe(root)
    (old,) = runs(client)
    client.set_tag(old.info.run_id, "model.flavor", "none")
    assert record.describe(root).startswith("recorded in MLflow")
    assert len(runs(client)) == 2
    named = client.get_model_version_by_alias("small", "challenger")
    assert named.run_id != old.info.run_id


def test_recording_imports_no_tensorflow():
    code = """
import sys
from mainline.tracking import mlflow_store as store
print('tensorflow' in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
