"""Rows of a sample: as many as asked for, fewer where columns are many."""

import numpy as np
import pytest

from mainline.evaluation import sample


@pytest.mark.parametrize(("columns", "repeats"), [(0, 3), (10, 3), (15, 3), (27, 1)])
def test_a_narrow_table_is_asked_with_all_rows_of_the_sample(columns, repeats):
    assert sample.bounded(20_000, columns, repeats) == 20_000


@pytest.mark.parametrize("columns", [16, 50, 100])
def test_a_wide_table_reads_no_more_values_than_a_narrow_one(columns):
    rows = sample.bounded(20_000, columns, 3)
    assert sample.FEWEST <= rows < 20_000
    assert rows * columns**2 * 3 <= sample.WORK


def test_a_figure_needs_rows_and_a_small_sample_stays_as_it_is():
    assert sample.bounded(20_000, 5_000, 3) == sample.FEWEST
    assert sample.bounded(200, 5_000, 3) == 200


@pytest.mark.parametrize(("columns", "found"), [(0, 3), (15, 3), (129, 3), (150, 2), (5_000, 2)])
def test_a_very_wide_table_is_shuffled_twice(columns, found):
    assert sample.shuffles(3, columns) == found
    assert sample.shuffles(1, columns) == 1


def test_places_are_sorted_distinct_and_the_same_each_time():
    some = sample.places(1_000, 100, 7)
    assert np.array_equal(some, sample.places(1_000, 100, 7))
    assert (np.diff(some) > 0).all()
    assert len(sample.places(50, 100, 7)) == 50
