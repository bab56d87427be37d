"""A released model with made-up rows, and a store that tests fill."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from logged_window import DAY

from mainline.core.table import TableSettings
from mainline.evaluation.settings import EvaluationSettings
from mainline.monitoring.log_table import LogTable
from mainline.monitoring.window import Window
from mainline.params.monitoring import MonitoringSettings

TABLE = TableSettings.model_validate(
    {
        "entity": "who",
        "target": "left",
        "positive": "yes",
        "numbers": ["age", "income"],
        "categories": ["plan"],
    }
)
WINDOW = Window.parse(DAY, DAY)


def inputs(count: int, seed: int) -> pd.DataFrame:
    """Rows of the three inputs."""
    rng = np.random.default_rng(seed)
    income = np.where(rng.random(count) < 0.05, np.nan, rng.lognormal(3, 0.5, count))
    plan = rng.choice(["basic", "plus", "pro"], count, p=[0.5, 0.3, 0.2])
    return pd.DataFrame({"age": rng.normal(45, 12, count), "income": income, "plan": plan})


@pytest.fixture
def store(tmp_path) -> Path:
    """The store of this test."""
    return tmp_path / "store"


@pytest.fixture
def opened(store):
    """A function: the window of the store."""
    tables = []

    def call(window=WINDOW) -> LogTable:
        tables.append(LogTable.opened(str(store), window))
        return tables[-1]

    yield call
    for each in tables:
        each.close()


@pytest.fixture(scope="session")
def reference():
    """4,000 training and 2,000 test rows, each of its own entity; the target's rate is 0.2."""

    def rows(count, seed, prefix):
        frame = inputs(count, seed)
        frame["who"] = [f"{prefix}{place}" for place in range(count)]
        frame["left"] = (np.random.default_rng(seed).random(count) < 0.2).astype(np.int8)
        return frame

    scores = np.random.default_rng(9).beta(2, 8, 2000)
    return SimpleNamespace(train=rows(4000, 1, "c"), test=rows(2000, 2, "t"), scores=scores)


@pytest.fixture
def watched():
    """Version 7 of that table."""
    return SimpleNamespace(
        table=TABLE,
        version="7",
        name="tiny",
        known=frozenset({"6", "7"}),
        evaluation=EvaluationSettings(threshold=0.5, slices={"plan": None, "age": [40.0]}),
        settings=MonitoringSettings(),
    )
