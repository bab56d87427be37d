"""The command `record`: writes one MLflow run for each model, from the pipeline's outputs."""

import os
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.files import read_json
from mainline.core.layout import Layout
from mainline.data.sources.database import describe as describe_address
from mainline.params import params
from mainline.release.release_file import Release

# A server that does not answer must not delay a run by minutes.
PATIENCE = {
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER": "false",
    "MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT": "30",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
}

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
    address = os.environ.get("MLFLOW_TRACKING_URI") or settings.record.tracking_uri
    release = Release.read(root)
    evaluation = read_json(Layout(root).figures, made_by="dvc repro evaluate")
    for name, value in PATIENCE.items():
        os.environ.setdefault(name, value)
    try:
        from mainline.tracking import mlflow_store as store  # noqa: PLC0415  MLflow is heavy and may be absent

        return store.record(root, settings, release, evaluation, address)
    except MainlineError:
        raise
    except Exception as error:  # no error of MLflow may stop the loop
        reason = str(error).splitlines()[0][:200] if str(error) else ""
        where = describe_address(address or f"sqlite:///{Layout.database}")
        reason = reason.replace(address or where, where)
        return f"not recorded: MLflow at {where}: {type(error).__name__}: {reason}; {LATER}"
