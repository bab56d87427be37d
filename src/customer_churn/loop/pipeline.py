"""`dvc repro`, with our own commands in reach and nothing sent to anyone."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

from dvc.config import Config

from customer_churn.core.errors import UserError
from customer_churn.hush import hushed

GENERATED = (
    "dvc.lock",
    "data/catalogue.json",
    "metrics",
    "plots",
    "k8s/overlays/staging/release.yaml",
)
AFTERWARDS = ("customer_churn.loop.judge", "customer_churn.serving.ask")


def reproduce(root: Path, *, source: Path | None = None) -> None:
    """Bring the pipeline up to date; its stages speak for themselves on the terminal.

    `source` is a `src` folder to take our code from instead of the installed one. Raises UserError
    when a stage fails; what it said stands above.
    """
    commands = [sys.executable, "-m", "dvc", "repro"]
    if _has_remote(root):
        commands.append("--pull")  # what a colleague or CI has trained already is not trained again
    with subprocess.Popen(commands, cwd=root, env=environment(source)) as pipeline, hushed():
        # What comes next takes seconds to import, which DVC's own seconds can hide.
        for name in AFTERWARDS:
            importlib.import_module(name)
    if pipeline.returncode:
        raise UserError(
            "the pipeline stopped at the error above. Nothing was judged or released; mend it and "
            "run the same command again: finished stages are kept."
        )


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
