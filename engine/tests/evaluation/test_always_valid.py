"""Intervals that hold at every look: by simulation, and beside an ordinary one that does not."""

import math

import numpy as np
import pytest
from scipy.stats import norm

from mainline.evaluation.always_valid import (
    EVERYTHING,
    LEAST,
    Mean,
    difference_interval,
    mean_interval,
)

RUNS, LENGTH = 400, 4_000
LOOKS = np.unique(np.geomspace(LEAST, LENGTH, 60).astype(int))  # dense where intervals change most


def draws(kind: str, size: tuple[int, int], seed: int = 0) -> tuple[np.ndarray, float]:
    """Observations, and their true mean."""
    rng = np.random.default_rng(seed)
    if kind == "rare":
        return (rng.random(size) < 0.1).astype(float), 0.1
    if kind == "skewed":  # as a log loss is
        return rng.exponential(size=size), 1.0
    return rng.normal(3.0, 2.0, size), 3.0


def running(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means and deviations at all looks, (runs, looks) each."""
    means = np.cumsum(values, axis=1)[:, LOOKS - 1] / LOOKS
    squares = np.cumsum(values**2, axis=1)[:, LOOKS - 1] / LOOKS
    return means, np.sqrt((squares - means**2) * LOOKS / (LOOKS - 1))


def missed(reach: np.ndarray, means: np.ndarray, truth: float) -> float:
    """The share of runs in which any look excludes the truth."""
    return float((np.abs(means - truth) > reach).any(axis=1).mean())


@pytest.mark.parametrize("kind", ["normal", "skewed", "rare"])
def test_every_look_together_miss_the_truth_as_seldom_as_promised(kind):
    values, truth = draws(kind, (RUNS, LENGTH))
    means, deviations = running(values)
    reach = np.array([mean_interval(int(n), 0.0, 1.0)[1] for n in LOOKS]) * deviations
    assert missed(reach, means, truth) <= 0.05


def test_an_ordinary_interval_that_is_looked_at_as_often_misses_it_far_more_often():
    values, truth = draws("normal", (RUNS, LENGTH))
    means, deviations = running(values)
    assert missed(norm.ppf(0.975) * deviations / np.sqrt(LOOKS), means, truth) > 0.2


def test_a_difference_of_unequal_groups_holds_at_every_look():
    first, _ = draws("skewed", (RUNS, LENGTH), seed=1)
    second, _ = draws("skewed", (RUNS, LENGTH // 4), seed=2)
    wrong = 0
    for one, other in zip(first, second, strict=True):
        looks = (
            difference_interval(Mean.of(one[: 4 * part]), Mean.of(other[:part]))
            for part in range(LEAST, LENGTH // 4, 50)
        )
        wrong += any(low > 0 or high < 0 for low, high in looks)
    assert wrong / RUNS <= 0.05


@pytest.mark.parametrize("kind", ["paired", "two groups"])
def test_a_real_difference_is_found(kind):
    rng = np.random.default_rng(3)
    base, better = rng.normal(0.0, 1.0, 4_000), rng.normal(0.0, 1.0, 4_000) - 0.2
    if kind == "paired":
        low, high = Mean.of(better - base).interval()
    else:
        low, high = difference_interval(Mean.of(base), Mean.of(better))
    assert low < -0.2 < high < 0


def test_it_is_the_formula_of_the_paper():
    """By hand: alpha 0.05, rho tuned for 5,000, so rho**2 = (5.99146 + 1.94469) / 5000."""
    low, high = mean_interval(1_000, 0.5, 2.0)
    squared = (5.991464547 + math.log(6.991464547)) / 5_000
    reach = 2 * math.sqrt(
        2 * (1_000 * squared + 1) / (1_000**2 * squared)
        * math.log(math.sqrt(1_000 * squared + 1) / 0.05)
    )  # fmt: skip
    assert (low, high) == pytest.approx((0.5 - reach, 0.5 + reach), abs=1e-9)


def test_it_is_narrowest_beside_an_ordinary_one_where_it_is_tuned():
    def ratio(count: int) -> float:
        return mean_interval(count, 0.0, 1.0, tuned_for=2_000)[1] * math.sqrt(count)

    assert ratio(2_000) < min(ratio(200), ratio(20_000))
    assert ratio(2_000) > norm.ppf(0.975)


@pytest.mark.parametrize(
    ("count", "mean", "deviation"),
    [
        pytest.param(LEAST - 1, 0.5, 1.0, id="few"),
        pytest.param(1_000, 0.5, 0.0, id="equal"),
        pytest.param(1_000, math.nan, 1.0, id="no mean"),
        pytest.param(1_000, 0.5, math.nan, id="no deviation"),
        pytest.param(1_000, math.inf, math.inf, id="infinite"),
    ],
)
def test_of_what_is_not_known_the_interval_is_infinite(count, mean, deviation):
    assert mean_interval(count, mean, deviation) == EVERYTHING


@pytest.mark.parametrize("count", [LEAST - 1, 0], ids=["few", "none"])
def test_a_group_that_is_too_small_has_no_difference(count):
    full, small = Mean(5_000, 0.1, 0.3), Mean.of(np.linspace(0.4, 0.6, count))
    assert difference_interval(full, small) == EVERYTHING
    assert difference_interval(small, full) == EVERYTHING


def test_a_group_without_a_single_event_is_not_certain():
    """One in a hundred has none of them in every third sample of a hundred."""
    none, some = np.zeros(LEAST), np.repeat([0.0, 1.0], [9_900, 100])
    assert Mean.of_shares(none).mean == 0
    assert Mean.of_shares(none).deviation > 0.1
    low, high = difference_interval(Mean.of_shares(some), Mean.of_shares(none))
    assert low < 0 < high
