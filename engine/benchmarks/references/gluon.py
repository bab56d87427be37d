"""AutoGluon, `best_quality` with ten minutes, in an environment of its own, made when needed."""

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from shutil import which
from typing import Any

import numpy as np
from measure import ROOT

from references.kept import CACHE
from references.tables import Rows

SECONDS = 600
PINNED = Path(__file__).with_name("gluon.txt")
CHILD = Path(__file__).with_name("gluon_child.py")
RECIPE = {
    "kind": "AutoGluon, best_quality",
    "seconds": SECONDS,
    "packages": hashlib.sha256(PINNED.read_bytes()).hexdigest()[:20],
    "edition": 1,
}


def environment() -> Path:
    """Its Python, with the pinned packages. No lock of the project has them."""
    home = CACHE / f"autogluon-{RECIPE['packages']}"
    python, ready = home / "bin/python", home / "ready"
    if not ready.exists():
        uv = which("uv") or str(ROOT / ".uv/bin/uv")
        subprocess.run([uv, "venv", "--clear", "--python", sys.executable, home], check=True)
        line = [uv, "pip", "install", "--python", python, "--requirement", PINNED]
        subprocess.run(line, check=True)
        ready.touch()
    return python


def compute(rows: Rows) -> tuple[np.ndarray, dict[str, Any]]:
    """Scores of the test rows; seconds of `fit` alone, rows a second with its models in memory."""
    table, python = rows.table, environment()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        columns = [*table.features, table.target]
        rows.known[columns].to_parquet(folder / "known.parquet", index=False)
        rows.test[columns].to_parquet(folder / "test.parquet", index=False)
        asked = {"task": table.task, "target": table.target, "seconds": SECONDS}
        (folder / "asked.json").write_text(json.dumps(asked))
        done = subprocess.run(
            [python, CHILD, folder], cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(done.stderr[-4000:])
        return np.load(folder / "scores.npy"), json.loads((folder / "about.json").read_text())
