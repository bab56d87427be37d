"""Writes to MLflow: one run, one registered version and three aliases for each model."""

from pathlib import Path
from typing import Any

import pandas as pd
from mlflow import MlflowClient, pyfunc
from mlflow.entities import Metric, Param, Run
from mlflow.exceptions import MlflowException

from mainline.core.layout import Layout
from mainline.core.table import TableSettings
from mainline.gate.changes import flatten
from mainline.git import Git
from mainline.k8s.environments import PRODUCTION, STAGING, release_at
from mainline.params.params import Params
from mainline.release.release_file import Release
from mainline.tracking import mlflow_client, mlmodel
from mainline.tracking.mlflow_attempt import place

TAG, FLAVOR = "model.content", "model.flavor"
CHAMPION, CHALLENGER = "champion", "challenger"
NAMED_BY_MAIN = {CHAMPION: STAGING, PRODUCTION: PRODUCTION}  # alias and environment

Logged = tuple[list[Param], list[Metric]]


def record(
    root: Path, params: Params, release: Release, evaluation: dict[str, Any], address: str | None
) -> str:
    """Write the run unless this content has one, and move the aliases. Returns a line of text."""
    name = params.record.experiment or params.package.name
    client, experiment = mlflow_client.opened(root, address, name)
    known = _find(client, experiment, release.content)
    settings = [Param(key, value[:500]) for key, value in flatten(params.model_dump(mode="json"))]
    logged = (settings, [*_figures(evaluation), *_curves(root)])
    run = known or _write(client, experiment, root, params.table, release, logged=logged)
    version = _register(client, run, release)
    _alias(client, root, release, version)
    verb = "already recorded" if known else "recorded"
    return (
        f"{verb} in MLflow ({place(address)}) as run {run.info.run_id[:8]}, model version {version}"
    )


def _find(client: MlflowClient, experiment: str, content: str) -> Run | None:
    """The finished run of a content hash, with a loadable model; None when there is none."""
    wanted = (
        f"tags.`{TAG}` = '{content}' AND tags.`{FLAVOR}` = '{pyfunc.FLAVOR_NAME}' "
        "AND attributes.status = 'FINISHED'"
    )
    found = client.search_runs([experiment], wanted, max_results=1)
    return found[0] if found else None


def _write(
    client: MlflowClient,
    experiment: str,
    root: Path,
    table: TableSettings,
    release: Release,
    *,
    logged: Logged,
) -> Run:
    tags = {
        TAG: release.content,
        FLAVOR: pyfunc.FLAVOR_NAME,
        "model.version": release.version,
        "model.digest": release.digest,
    }
    run = client.create_run(experiment, run_name=f"version {release.version}", tags=tags)
    number = run.info.run_id
    params, metrics = logged
    for start in range(0, len(params), 100):  # MLflow accepts a hundred params per call
        client.log_batch(number, params=params[start : start + 100])
    client.log_batch(number, metrics=metrics)
    mlmodel.log(client, number, root, table, release)
    client.log_artifact(number, str(Layout(root).model_card))
    client.set_terminated(number)
    return client.get_run(number)


def _figures(evaluation: dict[str, Any]) -> list[Metric]:
    named = {
        f"{who}.{name}.{part}": value
        for who in ("model", "baseline")
        for name, figure in evaluation[who].items()
        for part, value in figure.items()
    }
    return [Metric(key, value, 0, 0) for key, value in named.items() if value is not None]


def _curves(root: Path) -> list[Metric]:
    curve = pd.read_csv(Layout(root).curve)
    return [
        Metric(name, float(row[name]), 0, int(row["epoch"]))
        for _, row in curve.iterrows()
        for name in ("loss", "validation_loss")
    ]


def _register(client: MlflowClient, run: Run, release: Release) -> str:
    try:
        client.create_registered_model(release.name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    for version in client.search_model_versions(f"name = '{release.name}'"):
        if version.run_id == run.info.run_id:
            return str(version.version)
    made = client.create_model_version(
        release.name,
        source=f"{run.info.artifact_uri}/{mlmodel.MODEL}",
        run_id=run.info.run_id,
        tags={TAG: release.content, "model.version": release.version},
    )
    return str(made.version)


def _alias(client: MlflowClient, root: Path, release: Release, version: str) -> None:
    """Set `challenger` to this model, and the other aliases to main's releases, if recorded."""
    client.set_registered_model_alias(release.name, CHALLENGER, version)
    git = Git(root)
    base = git.main() if git.inside() else None
    if base is None:
        return
    versions = client.search_model_versions(f"name = '{release.name}'")
    versions = sorted(versions, key=lambda each: int(each.version))
    latest = {each.tags.get(TAG): each.version for each in versions}
    for alias, environment in NAMED_BY_MAIN.items():
        named = release_at(git, base, environment)
        if named and named.content in latest:
            client.set_registered_model_alias(release.name, alias, latest[named.content])
