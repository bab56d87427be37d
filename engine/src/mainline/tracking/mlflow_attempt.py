"""One attempt to write to MLflow: how long it may take, and the line that its errors become."""

import os
from collections.abc import Callable

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.data.sources.database import describe

# A server that does not answer must not delay a run by minutes.
PATIENCE = {
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER": "false",
    "MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT": "30",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
}


def attempted(write: Callable[[str | None], str], tracking_uri: str | None, later: str) -> str:
    """What `write` returns for the server's address; None is the database in this directory.

    An error of MLflow becomes one line, with `later` at its end. Raises MainlineError as `write`
    does.
    """
    address = os.environ.get("MLFLOW_TRACKING_URI") or tracking_uri
    for name, value in PATIENCE.items():
        os.environ.setdefault(name, value)
    try:
        return write(address)
    except MainlineError:
        raise
    except Exception as error:  # no error of MLflow may stop the loop
        reason = str(error).splitlines()[0][:200] if str(error) else ""
        where = place(address)
        reason = reason.replace(address or where, where)
        return f"not recorded: MLflow at {where}: {type(error).__name__}: {reason}; {later}"


def place(address: str | None) -> str:
    """The address as a person may read it, without a login."""
    return describe(address or f"sqlite:///{Layout.database}")
