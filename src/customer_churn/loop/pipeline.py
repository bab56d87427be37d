"""`dvc repro`, with our own commands in reach and nothing sent to anyone."""

import importlib
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from dvc.config import Config

from customer_churn.core.errors import UserError
from customer_churn.hush import hushed
from customer_churn.loop import early
from customer_churn.loop.recover import recover
from customer_churn.snapshots import keep

GENERATED = (
    "dvc.lock",
    "data/catalogue.json",
    "metrics",
    "plots",
    "k8s/overlays/staging/release.yaml",
)
PATIENCE = 10  # seconds, for a process that was asked to stop
AFTERWARDS = ("customer_churn.loop.judge", "customer_churn.serving.ask")


def reproduce(root: Path, *, source: Path | None = None) -> None:
    """Bring the pipeline up to date; its stages speak for themselves on the terminal.

    `source` is a `src` folder to take our code from instead of the installed one. Raises UserError
    when a stage fails; what it said stands above.
    """
    commands = [sys.executable, "-m", "dvc", "repro"]
    if _has_remote(root):
        commands.append("--pull")  # what a colleague or CI has trained already is not trained again
    recover(root)
    keep.prepare(root)
    before = early.watched(root)
    # Whoever keeps others out of this checkout hands that on: see `alone`.
    pipeline = subprocess.Popen(commands, cwd=root, env=environment(source), close_fds=False)
    try:
        with hushed():
            # What comes next takes seconds to import, which DVC's own seconds can hide.
            for name in AFTERWARDS:
                importlib.import_module(name)
        early.until_end(root, pipeline, before)
    except BaseException:  # Ctrl-C most often, which has reached the pipeline as well
        end(pipeline)
        raise
    if pipeline.returncode:
        raise UserError(
            "the pipeline stopped at the error above. Nothing was judged or released; mend it and "
            "run the same command again: finished stages are kept."
        )


def end(process: "subprocess.Popen[Any]") -> None:
    """Wait for a process that was asked to stop; insist when it goes on. It does not outlive us."""
    for insist in (None, process.terminate, process.kill):
        if insist is not None:
            insist()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=PATIENCE)
            return


def environment(source: Path | None = None) -> dict[str, str]:
    """This process's environment with this Python's commands first on PATH."""
    commands = Path(sys.executable).parent
    values = os.environ | {
        "PATH": f"{commands}{os.pathsep}{os.environ.get('PATH', '')}",
        "DVC_NO_ANALYTICS": "1",
    }
    if source is not None:
        values["PYTHONPATH"] = str(source)
    return values


def _has_remote(root: Path) -> bool:
    config = Config(dvc_dir=str(root / ".dvc"), validate=False)
    return bool(config.get("core", {}).get("remote"))
