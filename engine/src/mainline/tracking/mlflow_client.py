"""A client of MLflow's server, or of the database in this directory."""

import contextlib
import io
import logging
from pathlib import Path

from mlflow import MlflowClient
from mlflow.store.db import utils as database

from mainline.core.files import staged
from mainline.core.layout import Layout


def opened(root: Path, address: str | None, experiment: str) -> tuple[MlflowClient, str]:
    """The client, and the id of an experiment, which is made if it is not there.

    Without an `address` it is the database of `root`.
    """
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)
    database.MAX_RETRY_COUNT = 2  # ten is two minutes, and a file that is no database stays so
    with contextlib.redirect_stderr(io.StringIO()):  # the first use of SQLite narrates migrations
        if address is None and not Layout(root).database.exists():
            _new(Layout(root).database)
        client = MlflowClient(address or _url(Layout(root).database))
        return client, _experiment(client, root, experiment, local=address is None)


def _url(path: Path) -> str:
    return f"sqlite:///{path.resolve()}"


def _new(path: Path) -> None:
    """Create an empty database atomically: MLflow refuses one with only some of its tables."""
    with staged(path) as temporary:
        MlflowClient(_url(temporary)).search_experiments(max_results=1)


def _experiment(client: MlflowClient, root: Path, name: str, *, local: bool) -> str:
    found = client.get_experiment_by_name(name)
    if found:
        return str(found.experiment_id)
    place = Layout(root).artifacts.resolve().as_uri() if local else None
    return str(client.create_experiment(name, artifact_location=place))
