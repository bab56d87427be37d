import numpy as np
import pytest

from mainline.model import edges


def test_edges_stand_where_the_target_changes():
    values = np.tile(np.arange(100.0), 20)
    found = edges.learnt(values, (values >= 70).astype(int), "binary")
    assert found == [69.5]


@pytest.mark.parametrize(("numbers", "most"), [(0, 48), (7, 48), (50, 48), (100, 24), (5_000, 8)])
def test_many_numbers_share_the_leaves(numbers, most):
    assert edges.leaves(numbers) == most
    values = np.random.default_rng(1).normal(size=6_000)
    found = edges.learnt(values, np.sin(20 * values), "regression", edges.leaves(numbers))
    assert len(found) == most - 1


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_a_column_that_is_mostly_one_value_has_edges_among_the_others(task):
    rng = np.random.default_rng(1)
    values = np.where(rng.random(20_000) < 0.92, 0.0, rng.uniform(1, 9, 20_000))
    target = np.digitize(values, [1, 5])
    found = edges.learnt(values, target > 0 if task == "binary" else target, task)
    assert 0 < found[0] < 1.1
    assert task == "binary" or found[1] == pytest.approx(5, abs=0.1)


def test_a_leaf_has_rows_enough_and_a_tree_few_leaves():
    values = np.random.default_rng(1).normal(size=6_000)
    found = edges.learnt(values, np.sin(20 * values), "regression")
    assert len(found) == edges.LEAVES - 1
    inside = np.histogram(values, [-np.inf, *found, np.inf])[0]
    assert inside.min() >= edges.LEAST
    assert found == edges.learnt(values, np.sin(20 * values), "regression")


@pytest.mark.parametrize(
    "values", [[np.nan] * 90, [5.0] * 90, [1e300, -np.inf, np.nan] * 30, [1.0, 2.0]]
)
def test_a_column_that_says_nothing_has_none(values):
    assert edges.learnt(np.array(values), np.arange(len(values)) % 2, "binary") == []


def test_missing_values_have_no_part():
    values = np.tile(np.arange(100.0), 20)
    target, gone = values >= 70, np.arange(len(values)) % 3 == 0
    values[gone] = np.nan
    assert edges.learnt(values, target & ~gone, "binary") == [69.5]


def test_a_long_column_is_sampled_over_all_of_it(monkeypatch):
    monkeypatch.setattr(edges, "ROWS", 200)
    values = np.arange(10_000.0)
    [found] = edges.learnt(values, values >= 7_000, "binary")
    assert found == pytest.approx(7_000, abs=50)
