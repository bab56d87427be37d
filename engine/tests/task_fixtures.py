"""Made-up customers with other targets, and runs of the stages on them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from filelock import FileLock

import stage_runs
from mainline.core.layout import Layout
from mainline.core.table import TableSettings

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
PARAMS = {
    "train": {
        "seed": 5,
        "epochs": 4,
        "batch_size": 32,
        "learning_rate": 0.01,
        "options": {"hidden": [16]},
    },
    "evaluation": {"resamples": 100, "slices": {"plan": None, "age": [45.0]}},
}


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
def task_run(tiny_rows, shared) -> dict[str, Path]:
    """For each task a root in which train to release ran."""
    roots = {task: shared / f"{task}-run" for task in TASKS}
    with FileLock(shared / "task-run.lock"):
        for task, root in roots.items():
            if not Layout(root).release.exists():
                _prepare(root, task, tiny_rows)
                stage_runs.run(root)
    return roots


@pytest.fixture(scope="session")
def task_runs(tiny_rows, tmp_path_factory) -> dict[str, list[Path]]:
    """For each task two roots, in which two processes ran train to release."""
    runs = [[tmp_path_factory.mktemp(task) for task in TASKS] for _ in range(2)]
    for run in runs:
        for task, root in zip(TASKS, run, strict=True):
            _prepare(root, task, tiny_rows)
    stage_runs.run_twice(runs)
    return dict(zip(TASKS, zip(*runs, strict=True), strict=True))


def _prepare(root: Path, task: str, rows: dict[str, pd.DataFrame]) -> None:
    rows = {part: of_task(task, frame) for part, frame in rows.items()}
    stage_runs.prepare(root, rows, PARAMS | {"table": TASKS[task]})
