"""Stages `train` to `release` on made-up rows: in this process, or in two for a comparison."""

import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from mainline.stages import STAGES

SCRIPT = """
import os, sys
from pathlib import Path
os.umask(int(sys.argv[2], 8))
sys.path.insert(0, sys.argv[1])
from stage_runs import run
run(*map(Path, sys.argv[3:]))
"""
UNLIKE = [
    ("022", {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1"}),
    ("077", {"TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"}),
]


SMALL = Path(__file__).parent / "small"


def packaged(root: Path, *modules: str) -> Path:
    """Make `root` a project with these modules of the small project's package."""
    source = root / "src/small"
    source.mkdir(parents=True)
    shutil.copy2(SMALL / "pyproject.toml", root)
    for module in ("__init__", *modules):
        shutil.copy2(SMALL / f"src/small/{module}.py", source)
    return source


def prepare(root: Path, rows: dict[str, pd.DataFrame], params: dict[str, Any]) -> None:
    """What stage `split` leaves, params.yaml and the small project's network."""
    packaged(root, "network")
    split = root / "data/split"
    split.mkdir(parents=True)
    for part, frame in rows.items():
        frame.to_parquet(split / f"{part}.parquet")
    catalogue = {"source": "made up", "as_of": "2026-06-30", "rows": 900, "content": "sha256:0"}
    (root / "data/catalogue.json").write_text(json.dumps(catalogue))
    package = {"name": "tiny", "image": "registry.example/tiny-model"}
    text = yaml.safe_dump(params | {"package": package}, sort_keys=False)
    (root / "params.yaml").write_text(text)


def run(*roots: Path) -> None:
    for root in roots:
        for stage in ("train", "evaluate", "package", "release"):
            importlib.import_module(STAGES[stage]).run(root)


def run_twice(runs: list[list[Path]]) -> None:
    """Each list of roots in a process of its own; their surroundings are unlike."""
    started = []
    for roots, (umask, surroundings) in zip(runs, UNLIKE, strict=True):
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(Path(__file__).parent), umask, *map(str, roots)],
            env=os.environ | surroundings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
    for process in started:
        said, _ = process.communicate(timeout=240)
        assert process.returncode == 0, said
