"""The command `record`: writes one MLflow run for each model, from the pipeline's outputs."""

from pathlib import Path

from mainline.core.files import read_json
from mainline.core.layout import Layout
from mainline.params import params
from mainline.release.release_file import Release
from mainline.tracking.mlflow_attempt import attempted

LATER = "run `mainline record` later"


def run(root: Path) -> None:
    """Record the model and print the result."""
    print(describe(root), flush=True)


def describe(root: Path) -> str:
    """Record the model, once for each content hash. Returns one line of text.

    MLflow is only a copy, so its errors are part of that line and do not stop a run. Raises
    MainlineError when there is no model.
    """
    settings = params.check(root)
    release = Release.read(root)
    evaluation = read_json(Layout(root).figures, made_by="dvc repro evaluate")

    def write(address: str | None) -> str:
        from mainline.tracking import mlflow_store as store  # noqa: PLC0415  MLflow is heavy and may be absent

        return store.record(root, settings, release, evaluation, address)

    return attempted(write, settings.record.tracking_uri, LATER)
