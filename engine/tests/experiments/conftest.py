"""A trial, and one that has begun."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from experiment_trial import ROUTES, Trial, labels_of, people, split


@pytest.fixture
def trial(tmp_path: Path) -> Trial:
    return Trial(tmp_path / "project")


@pytest.fixture
def split_trial(trial: Trial) -> Callable[..., pd.DataFrame]:
    """A function: a split of so many customers, with all labels; returns them."""

    def begin(count: int = 4_000, routes: dict | None = None) -> pd.DataFrame:
        trial.routes(routes or ROUTES)
        found = people(count)
        trial.labels(labels_of(found))
        trial.log(split(found))
        return found

    return begin
