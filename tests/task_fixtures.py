"""Made-up customers with other targets; the stages run on them twice, in unlike surroundings."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from filelock import FileLock

from customer_churn.core.table import TableSettings

COMMON = {
    "entity": "who",
    "target": "y",
    "numbers": ["age", "income"],
    "categories": ["city", "plan"],
}
TASKS = {
    "multiclass": COMMON | {"task": "multiclass", "classes": ["stays", "über", "leaves"]},
    "regression": COMMON | {"task": "regression"},
}
STAGES = """
import sys
from pathlib import Path
from customer_churn.release import write as release
from customer_churn.evaluation import evaluate
from customer_churn.model import train
from customer_churn.packaging import package
for root in sys.argv[1:]:
    for stage in (train, evaluate, package, release):
        stage.run(Path(root))
"""


def of_task(task: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of `customers` with the target of another task; an amount is far from 0 and large."""
    rng = np.random.default_rng(len(frame))
    known = (frame["age"] - 45) / 12 + 2 * (frame["city"] == "ulm")
    if task == "regression":
        target = 50_000 + 3_000 * (known + rng.normal(0, 0.5, len(frame)))
    else:
        target = np.digitize(known + rng.normal(0, 0.7, len(frame)), [-0.2, 1.2]).astype(np.int16)
    return frame.drop(columns="left").assign(y=target)


@pytest.fixture(scope="session")
def task_tables() -> dict[str, TableSettings]:
    return {task: TableSettings.model_validate(table) for task, table in TASKS.items()}


@pytest.fixture(scope="session")
def task_runs(tiny_rows, shared) -> dict[str, list[Path]]:
    """For each task two roots, in which two processes ran train to release."""
    runs = [shared / "task-run-one", shared / "task-run-two"]
    with FileLock(shared / "task-runs.lock"):
        if not (shared / "task-runs.made").exists():
            _run(tiny_rows, runs)
            (shared / "task-runs.made").touch()
    return {task: [run / task for run in runs] for task in TASKS}


def _run(rows: dict[str, pd.DataFrame], runs: list[Path]) -> None:
    started = []
    for number, run in enumerate(runs):
        for task in TASKS:
            _prepare(run / task, task, rows)
        process = subprocess.Popen(
            [sys.executable, "-c", STAGES, *(str(run / task) for task in TASKS)],
            env=os.environ | {"PYTHONHASHSEED": str(number), "TZ": ("UTC", "Asia/Tokyo")[number]},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
    for process in started:
        said, _ = process.communicate(timeout=240)
        assert process.returncode == 0, said


def _prepare(root: Path, task: str, rows: dict[str, pd.DataFrame]) -> None:
    (root / "data/split").mkdir(parents=True)
    for part, frame in rows.items():
        of_task(task, frame).to_parquet(root / f"data/split/{part}.parquet")
    catalogue = {"source": "made up", "as_of": "2026-06-30", "rows": 900, "content": "sha256:0"}
    (root / "data/catalogue.json").write_text(json.dumps(catalogue))
    params = {
        "table": TASKS[task],
        "train": {"seed": 5, "epochs": 4, "batch_size": 32, "hidden": [16], "learning_rate": 0.01},
        "evaluation": {"resamples": 100, "slices": {"plan": None, "age": [45.0]}},
        "package": {"name": "tiny", "image": "registry.example/tiny-model"},
    }
    (root / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
