"""The command `record`: one MLflow run a model, written from the pipeline's outputs."""

import os
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.files import read_json
from mainline.core.layout import Layout
from mainline.data.sources.database import describe as describe_address
from mainline.params import params
from mainline.release.release_file import Release

# A server that does not answer may cost seconds, not minutes.
PATIENCE = {
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER": "false",
    "MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT": "30",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
}

LATER = "`mainline record` does it later"


def run(root: Path) -> None:
    """Record the model and print the line of `describe`."""
    print(describe(root), flush=True)


def describe(root: Path) -> str:
    """Record the model, once a content. Returns one line about it.

    MLflow is a view, so trouble with it costs that line and nothing else. Raises MainlineError when
    there is no model to record.
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
    except Exception as error:  # a view must not stop the loop, whatever goes wrong with it
        reason = str(error).splitlines()[0][:200] if str(error) else ""
        where = describe_address(address or f"sqlite:///{Layout.database}")
        reason = reason.replace(address or where, where)
        return f"not recorded: MLflow at {where}: {type(error).__name__}: {reason}; {LATER}"
