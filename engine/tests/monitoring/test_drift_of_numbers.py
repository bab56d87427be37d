"""PSI and the Kolmogorov-Smirnov distance of numbers, where equal-width bins go wrong too."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from mainline.drift.tables import ColumnDrift, drift

ROWS = 20_000


def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def of(reference, current) -> ColumnDrift:
    [found] = drift(pd.DataFrame({"x": reference}), pd.DataFrame({"x": current}), ["x"])
    assert found.kind == "number"
    return found


def plain_psi(reference, current, edges) -> float:
    """By the book: one bin after the other, the last one open."""
    total = 0.0
    for low, high in zip([-math.inf, *edges], [*edges, math.inf], strict=True):
        p, q = (
            max(sum(low < x <= high for x in side) / len(side), 1e-4)
            for side in (reference, current)
        )
        total += (q - p) * math.log(q / p)
    return total


def test_psi_is_the_books_over_tenths_of_the_reference():
    reference, current = rng(1).normal(size=2000), rng(2).normal(0.3, 1.2, 1500)
    edges = np.quantile(reference, np.arange(1, 10) / 10, method="inverted_cdf")
    assert of(reference, current).psi == pytest.approx(plain_psi(reference, current, edges))


def test_one_outlier_does_not_hide_a_shift_as_it_does_from_equal_widths():
    reference = np.append(rng(1).normal(size=ROWS), 1e4)
    current = rng(2).normal(1, 1, ROWS)
    widths = np.histogram_bin_edges(np.append(reference, current), 10)[1:-1]
    assert plain_psi(reference, current, widths) < 0.03
    assert of(reference, current).psi > 0.8
    assert of(reference, current).psi == pytest.approx(of(reference[:-1], current).psi, rel=0.02)


@pytest.mark.parametrize("draw", ["standard_cauchy", "standard_normal", "lognormal"])
def test_heavy_tails_are_no_drift_and_hide_none(draw):
    one, two = (getattr(rng(seed), draw)(size=ROWS) for seed in (1, 2))
    assert of(one, two).psi < 0.01
    assert of(one, 3 * two).psi > 0.2


@pytest.mark.parametrize(
    ("reference", "current"),
    [
        (rng(1).normal(size=500), rng(2).normal(0.5, 1, 300)),
        (rng(1).standard_cauchy(500), rng(2).standard_cauchy(700)),
        (rng(1).integers(0, 5, 500), rng(2).integers(1, 7, 400)),
        (np.zeros(50), np.ones(50)),
        (np.zeros(50), np.zeros(70)),
        (np.arange(10), np.arange(10) + 0.5),
        (np.arange(10), [100.0]),
        (np.array([-np.inf, 0, 1, np.inf]), np.array([-np.inf, -np.inf, 1, 2])),
    ],
)
def test_the_distance_is_that_of_scipy(reference, current):
    expected = stats.ks_2samp(reference, current, method="asymp").statistic
    assert of(reference, current).ks == pytest.approx(expected)
    assert of(current, reference).ks == pytest.approx(expected)


def test_missing_values_are_a_bin_of_psi_and_none_of_the_distance():
    values = rng(1).normal(size=1000)
    holes = np.where(np.arange(1000) < 200, np.nan, values)
    found = of(values, holes)
    assert found.nulls == (0, 0.2)
    assert found.psi > 0.5
    assert found.ks == pytest.approx(stats.ks_2samp(values, holes[200:]).statistic)


@pytest.mark.parametrize("moved_to", [-1e-9, 1e-9, 5.0, np.inf, -np.inf, np.nan])
def test_a_constant_that_moves_at_all_is_seen(moved_to):
    still, moved = of(np.zeros(100), np.zeros(80)), of(np.zeros(100), np.full(80, moved_to))
    assert (still.psi, still.ks) == (0, 0)
    assert moved.psi > 5


def test_a_mass_at_one_value_is_a_bin_whatever_lies_beside():
    reference = np.where(np.arange(1000) < 600, 0, rng(1).exponential(size=1000))
    beside = np.where(reference == 0, -0.001, reference)
    assert of(reference, reference).psi == 0
    assert of(reference, beside).psi > 3


def test_an_infinity_is_a_bin_of_its_own():
    values = rng(1).normal(size=1000)
    infinite = np.where(np.arange(1000) < 100, np.inf, values)
    assert of(values, infinite).psi > 0.4
    assert of(infinite, infinite).psi == 0
    assert of(infinite, -infinite).psi > 0.4


def test_a_bin_that_is_empty_counts_as_half_a_row():
    found = of(np.repeat([0.0, 1.0], 50), np.zeros(20))
    expected = (1 - 0.5) * math.log(1 / 0.5) + (0.5 / 20 - 0.5) * math.log(0.5 / 20 / 0.5)
    assert found.psi == pytest.approx(expected)


def test_the_middle_is_told_in_words():
    assert of(np.arange(101), np.arange(101) + 7).moved == "median 50 → 57"


def test_whole_and_nullable_numbers_are_numbers():
    found = of(pd.array([1, 2, None], dtype="Int64"), np.array([1, 2, 3], dtype=np.int8))
    assert found.nulls == (pytest.approx(1 / 3), 0)
