"""The DVC remote: whether there is one, whether it answers, what is sent to it."""

import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

from customer_churn.core.errors import UserError
from customer_churn.loop.pipeline import environment

MISSING = (
    "no DVC remote is set, so nobody could get the model of this commit. Set one: "
    "`dvc remote add --default storage s3://bucket/path` (or gs://, azure://, a directory), "
    "commit .dvc/config, and give CI access to it (docs/continuous-integration.md)."
)


def name(root: Path) -> str:
    """The default remote's name; empty when there is none."""
    done = _dvc(root, "config", "core.remote")
    return done.stdout.strip() if done.returncode == 0 else ""


def check(root: Path) -> None:
    """Raises UserError unless a remote is set and answers: better now than after the training."""
    called = name(root)
    if not called:
        raise UserError(MISSING)
    from dvc.repo import Repo  # noqa: PLC0415  it takes a second to import

    logging.getLogger("dvc").setLevel(logging.CRITICAL)
    try:
        with Repo(str(root)) as repo:
            store = repo.cloud.get_remote_odb(called)
            if store.fs.protocol == "local":
                store.fs.makedirs(store.path, exist_ok=True)
            else:
                _ask(store)
    except Exception as error:  # each store raises kinds of its own
        said = str(error).splitlines()[0][:300] if str(error) else ""
        raise UserError(
            f"the DVC remote '{called}' does not answer ({type(error).__name__}: {said}). Is the "
            "address right, and has this job credentials? Locally: `dvc status --cloud`."
        ) from None


def _ask(store: Any) -> None:
    try:
        store.fs.ls(store.path)
    except FileNotFoundError:
        return  # an empty prefix of a bucket that answers


def push(root: Path) -> str:
    """Send what the lock names and the run cache. Returns DVC's own line about it."""
    done = _dvc(root, "push", "--run-cache")
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise UserError(f"`dvc push` failed: {said[0][:300] if said else 'it said nothing'}")
    return (done.stdout.strip().splitlines() or ["nothing"])[-1]


def _dvc(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dvc", *arguments],
        cwd=root,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
