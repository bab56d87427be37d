"""What several folders test with: made-up customers, a tiny network, runs of the stages."""

import gc
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from filelock import FileLock

import stage_runs
from mainline.core.layout import Layout
from mainline.core.table import TableSettings
from mainline.model.settings import TrainSettings

pytest_plugins = [
    "benchmark_fixtures",
    "browser",
    "github_fixtures",
    "google_store",
    "object_store",
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
TRAIN = {
    "seed": 5,
    "epochs": 2,
    "batch_size": 64,
    "options": {"hidden": [8], "embedding": 2},
    "ship": "network",
    "trees": {"folds": 2, "num_iterations": 10, "num_leaves": [7]},
}
OF_A_JOB = ("CI", "GITHUB_", "MLFLOW_", "PUSH_TOKEN", "REGISTRY")
PARAMS = {
    "table": TABLE,
    "train": TRAIN,
    "evaluation": {"threshold": 0.5, "resamples": 100, "slices": {"plan": None, "age": [45.0]}},
}


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """What the tests' modules import stays, so it is not looked through for garbage.

    Nor is it later: each stage that computes has Keras ask for a whole collection.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


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


@pytest.fixture(scope="session", autouse=True)
def _no_job_and_no_login(tmp_path_factory):
    """Tests run as on a laptop, also inside a job of CI, and with no login of its user."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(OF_A_JOB)]:
            patch.delenv(name)
        patch.chdir(Path(__file__).parents[2])  # the top of a project
        patch.setenv("DOCKER_CONFIG", str(tmp_path_factory.mktemp("no-login")))
        yield


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
def tiny_root(tmp_path_factory) -> Path:
    """A project with the small project's network and no more."""
    root = tmp_path_factory.mktemp("tiny")
    stage_runs.packaged(root, "network")
    return root


@pytest.fixture(scope="session")
def tiny_design(tiny_root, tiny_table):
    """A function: train settings to the small project's network with them."""
    from mainline.model.design import Design  # noqa: PLC0415  imports TensorFlow

    return lambda settings: Design.of(tiny_root, tiny_table, settings)


@pytest.fixture(scope="session")
def tiny_model(tiny_table, tiny_rows, tiny_settings, tiny_design):
    # TensorFlow takes seconds to import, and most folders' tests go without it
    from mainline.model import runtime, train  # noqa: PLC0415

    runtime.deterministic(tiny_settings.seed)
    design = tiny_design(tiny_settings)
    parts = tiny_rows["train"], tiny_rows["validation"], tiny_table
    network, _ = train.fit(*parts, design)
    return train.with_trees(network, *parts, tiny_settings)[0]


@pytest.fixture(scope="session")
def shared(tmp_path_factory) -> Path:
    """A directory that all processes of one test run see, for what is dear to make."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if own.name.startswith("popen-gw") else own


@pytest.fixture(scope="session")
def tiny_run(tiny_rows, shared) -> Path:
    """A root in which train to release ran."""
    root = shared / "tiny-run"
    with FileLock(f"{root}.lock"):
        if not Layout(root).release.exists():
            stage_runs.prepare(root, tiny_rows, PARAMS)
            stage_runs.run(root)
    return root


@pytest.fixture(scope="session")
def two_runs(tiny_rows, tmp_path_factory) -> list[Path]:
    """Roots in which two processes, in unlike surroundings, ran train to release."""
    roots = [tmp_path_factory.mktemp("run") for _ in range(2)]
    for root in roots:
        stage_runs.prepare(root, tiny_rows, PARAMS)
    stage_runs.run_twice([[root] for root in roots])
    return roots
