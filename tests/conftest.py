"""What several folders test with: made-up customers, one tiny network, two runs of the stages."""

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
from customer_churn.model.settings import TrainSettings

pytest_plugins = [
    "browser",
    "github_fixtures",
    "project_fixtures",
    "registry_fixtures",
    "task_fixtures",
    "tiny_pipeline",
]

TABLE = {
    "entity": "who",
    "target": "left",
    "positive": "yes",
    "numbers": ["age", "income"],
    "categories": ["city", "plan"],
}
TRAIN = {"seed": 5, "epochs": 2, "batch_size": 64, "hidden": [8], "embedding": 2}
STAGES = """
import os, sys
from pathlib import Path
os.umask(int(sys.argv[2], 8))
from customer_churn.release import write as release
from customer_churn.evaluation import evaluate
from customer_churn.model import train
from customer_churn.packaging import package
for stage in (train, evaluate, package, release):
    stage.run(Path(sys.argv[1]))
"""


def customers(count: int, seed: int) -> pd.DataFrame:
    """Typed rows, as stage `split` writes them; two a customer, some values missing."""
    rng = np.random.default_rng(seed)
    age, income = rng.normal(45, 12, count).round(1), rng.lognormal(3, 0.5, count).round(2)
    city = rng.choice(["bonn", "köln", "ulm"], count)
    chance = 1 / (1 + np.exp(-(age - 50) / 6 - (city == "ulm")))
    frame = pd.DataFrame(
        {
            "who": [f"c{seed}-{row // 2}" for row in range(count)],
            "age": age,
            "income": np.where(rng.uniform(size=count) < 0.1, np.nan, income),
            "city": city,
            "plan": pd.Series(rng.choice(["basic", "plus"], count)).where(rng.random(count) < 0.9),
            "left": (rng.uniform(size=count) < chance).astype(np.int8),
        }
    )
    return frame.astype({"city": "str", "plan": "str"})


@pytest.fixture(scope="session")
def tiny_table():
    return TableSettings.model_validate(TABLE)


@pytest.fixture(scope="session")
def tiny_rows():
    return {"train": customers(400, 1), "validation": customers(200, 2), "test": customers(300, 3)}


@pytest.fixture(scope="session")
def tiny_settings():
    return TrainSettings.model_validate(TRAIN)


@pytest.fixture(scope="session")
def tiny_model(tiny_table, tiny_rows, tiny_settings):
    # TensorFlow takes seconds to import, and most folders' tests go without it
    from customer_churn.model import runtime, train  # noqa: PLC0415

    runtime.deterministic(tiny_settings.seed)
    return train.fit(tiny_rows["train"], tiny_rows["validation"], tiny_table, tiny_settings)[0]


@pytest.fixture(scope="session")
def shared(tmp_path_factory) -> Path:
    """A directory that all processes of one test run see, for what is dear to make."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if own.name.startswith("popen-gw") else own


@pytest.fixture(scope="session")
def two_runs(tiny_rows, shared):
    """Roots in which two processes, in unlike surroundings, ran train to release."""
    roots = [shared / "run-one", shared / "run-two"]
    with FileLock(shared / "two-runs.lock"):
        if not (shared / "two-runs.made").exists():
            _run_twice(tiny_rows, roots)
            (shared / "two-runs.made").touch()
    return roots


def _run_twice(rows: dict[str, pd.DataFrame], roots: list[Path]) -> None:
    unlike = [
        ("022", {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1"}),
        ("077", {"TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"}),
    ]
    started = []
    for root, (umask, surroundings) in zip(roots, unlike, strict=True):
        _prepare(root, rows)
        process = subprocess.Popen(
            [sys.executable, "-c", STAGES, str(root), umask],
            env=os.environ | surroundings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
    for process in started:
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said


def _prepare(root: Path, rows: dict[str, pd.DataFrame]) -> None:
    split = root / "data/split"
    split.mkdir(parents=True)
    for part, frame in rows.items():
        frame.to_parquet(split / f"{part}.parquet")
    catalogue = {"source": "made up", "as_of": "2026-06-30", "rows": 900, "content": "sha256:0"}
    (root / "data/catalogue.json").write_text(json.dumps(catalogue))
    params = {
        "table": TABLE,
        "train": TRAIN,
        "evaluation": {"threshold": 0.5, "resamples": 100, "slices": {"plan": None, "age": [45.0]}},
        "package": {"name": "tiny", "image": "registry.example/tiny-model"},
    }
    (root / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
