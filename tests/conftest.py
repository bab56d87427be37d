"""A few simulated customers for all tests."""

import datetime
from pathlib import Path

import pandas as pd
import pytest

from customer_churn import simulator

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def rows() -> pd.DataFrame:
    options = simulator.Options(
        seed=7, start=datetime.date(2025, 1, 1).isoformat(), customers=300, joiners=20
    )
    return simulator.read(as_of=datetime.date(2026, 1, 1), options=options).frame
