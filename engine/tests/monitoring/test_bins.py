"""Bins that the reference fixes: the database counts as `drift` does."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from logged_window import rows, write

from conftest import inputs
from mainline.drift import numbers
from mainline.drift.bins import Bins
from mainline.monitoring import counting
from mainline.monitoring.log_table import ANSWERED


def column(seed: int, count: int) -> np.ndarray:
    """Numbers with missing ones, infinities and a value that is as frequent as others together."""
    rng = np.random.default_rng(seed)
    values = rng.normal(50, 10, count).round(1)
    values[rng.random(count) < 0.3] = 47.3
    values[:3] = np.inf, -np.inf, np.nan
    return values.astype(np.float32)


def counted(opened, bins: Bins) -> np.ndarray:
    log = opened()
    number = counting.as_float("input_age", log.types["input_age"])
    return counting.numbers(log, ANSWERED, {"age": (number, bins)})["age"]


def test_the_database_counts_as_numpy_does(store, opened):
    reference, current = column(1, 3000), column(2, 2000)
    bins = Bins.of(reference)
    write(store, rows(inputs(2000, 1).assign(age=current)))
    found = counted(opened, bins)
    assert found.tolist() == bins.of_values(current).tolist()
    assert found.sum() == 2000
    assert found[:3].tolist() == [1, 1, 1]


def test_they_are_the_bins_of_the_rule_drift():
    reference, current = column(1, 3000), column(2, 2000)
    bins = Bins.of(reference)
    theirs, ours = numbers.counts(
        *(numbers.Sorted.of(pd.Series(of, dtype="float64")) for of in (reference, current))
    )
    assert bins.reference.tolist() == theirs.tolist()
    assert bins.of_values(current).tolist() == ours.tolist()


def test_a_log_of_float32_has_the_bins_of_a_table_of_float64(store, opened):
    values = np.repeat(np.arange(1, 21) / 10, 100)  # 0.1 is another number in float32
    write(store, rows(inputs(2000, 1).assign(age=values)))
    bins = Bins.of(values)
    assert counted(opened, bins).tolist() == bins.reference.tolist()


def test_a_double_beyond_float32_is_infinity(store, opened):
    values = np.array([1e300, -1e300, np.nan, 1.0])
    write(store, rows(inputs(4, 1).assign(age=values)), input_age=pa.float64())
    assert counted(opened, Bins.of(np.arange(100.0)))[:3].tolist() == [1, 1, 1]


def test_scores_that_are_rounded_differently_are_the_same():
    scores = np.repeat([0.1, 0.2, 0.3], 100)
    bins = Bins.of(scores, tolerance=1e-5)
    noise = np.random.default_rng(1).normal(0, 1e-7, 300)
    assert bins.of_values(scores + noise).tolist() == bins.reference.tolist()
    assert bins.of_values(scores + 1e-3).tolist() != bins.reference.tolist()


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        pytest.param(np.arange(100.0), "49", id="between"),
        pytest.param(np.array([np.nan, np.inf]), "none", id="none"),
        pytest.param(np.full(9, 3.0), "3", id="one value"),
    ],
)
def test_about_the_median(values, shown):
    bins = Bins.of(values)
    assert bins.median(bins.reference) == shown


def test_there_is_a_label_for_each_bin():
    for values in (np.arange(100.0), np.array([np.nan]), np.full(9, 3.0), np.arange(3.0)):
        bins = Bins.of(values)
        assert len(bins.labels()) == len(bins.reference)


def test_a_value_with_a_bin_of_its_own_is_its_label():
    labels = Bins.of(np.repeat([0.0, 1.0, 2.0, 3.0], [5, 30, 5, 5])).labels()
    assert "1" in labels
