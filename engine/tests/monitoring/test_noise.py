"""What chance alone makes of a drift, beside draws from the same distribution."""

import numpy as np
import pytest
from scipy import stats

from mainline.drift.psi import psi
from mainline.monitoring.noise import Floor, Mean, Sample, reach

SHARES = np.array([0.02, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.18])


def test_rows_of_one_entity_count_once():
    assert Sample.of([1] * 500) == Sample(500, 500.0)
    assert Sample.of([10] * 50) == Sample(500, 50.0)
    assert Sample.of([500]) == Sample(500, 1.0)
    assert Sample.of([251, *[1] * 249]).effective < 5  # one loud caller says little
    assert Sample.of([]).effective == 0


def test_the_floor_is_that_of_draws_without_drift():
    rng = np.random.default_rng(1)
    sides = [rng.multinomial(rows, SHARES, 4000) for rows in (3000, 800)]
    found = [psi(one, other) for one, other in zip(*sides, strict=True)]
    floor = Floor.of(len(SHARES), Sample(3000, 3000), Sample(800, 800), 0.01)
    assert np.mean(found) == pytest.approx(floor.mean, rel=0.05)
    assert np.mean(np.array(found) > floor.most) == pytest.approx(0.01, abs=0.006)


def test_the_bar_is_the_setting_beyond_chance():
    many, few = Sample(10**6, 10**6), Sample(200, 200)
    assert Floor.of(10, many, many, 0.001).bar(0.1) == pytest.approx(0.1, abs=1e-3)
    floor = Floor.of(10, many, few, 1e-5)
    assert floor.bar(0.1) == floor.most > 0.1 + floor.mean


def test_without_entities_nothing_is_beyond_chance():
    assert Floor.of(10, Sample(10, 10), Sample(0, 0), 0.01).bar(0.1) == np.inf


def test_the_error_of_a_mean_over_single_rows_is_the_books():
    values = np.random.default_rng(2).normal(3, 2, 500)
    found = Mean.of(values, np.arange(500))
    assert found.value == pytest.approx(values.mean())
    assert found.error == pytest.approx(stats.sem(values))
    low, high = stats.norm.interval(0.95, found.value, found.error)
    assert reach(found.error, 0.05) == pytest.approx((high - low) / 2)


def test_equal_rows_of_an_entity_say_no_more_than_one():
    values, who = np.random.default_rng(2).normal(3, 2, 500), np.arange(500)
    assert Mean.of(np.repeat(values, 7), np.repeat(who, 7)).error == pytest.approx(
        Mean.of(values, who).error
    )


def test_the_error_of_one_entity_is_unknown_and_that_of_few_is_no_smaller_than_the_books():
    values = np.random.default_rng(2).normal(3, 2, 1000)
    assert Mean.of(values, np.zeros(1000, int)).error == np.inf
    few = Mean.of(np.repeat(values[:4], 250), np.repeat(np.arange(4), 250))
    assert few.error == pytest.approx(stats.sem(values[:4]))
    assert few.effective == pytest.approx(4)
    loud = np.concatenate([np.zeros(970, int), np.arange(1, 31)])  # 31 entities, of which one asks
    assert Mean.of(values, loud).effective < 2


def test_no_rows_have_no_mean():
    assert np.isnan(Mean.of_sums(0, 0, 0, 0, 0).value)
