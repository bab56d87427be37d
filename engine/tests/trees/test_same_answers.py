"""Compiled trees answer as LightGBM itself does."""

from dataclasses import replace

import lightgbm
import numpy as np
import pytest
import tensorflow as tf

from mainline.core.errors import MainlineError
from mainline.trees import ensemble
from mainline.trees import masks as masks_module
from mainline.trees.ensemble import CHUNK, Ensemble
from mainline.trees.masks import Masks
from mainline.trees.splits import Trees

NUMBERS, SIZES = 5, [9, 4]
CLASSES = {"binary": 1, "multiclass": 3, "regression": 1}


def rows(count: int, seed: int) -> np.ndarray:
    """Numbers with missing ones, none missing in the first, and ids."""
    rng = np.random.default_rng(seed)
    numbers = rng.normal(size=(count, NUMBERS)).round(1)
    numbers[:, 1:][rng.random((count, NUMBERS - 1)) < 0.1] = np.nan
    numbers[:, 4] = np.where(rng.random(count) < 0.5, np.nan, 1.0)  # missing or not, no more
    ids = np.column_stack([rng.integers(0, size, count) for size in SIZES])
    return np.column_stack([numbers, ids]).astype(np.float32)


def models(task: str, leaves: int = 31, count: int = 2, x: np.ndarray | None = None):
    x = rows(2000, 0) if x is None else x
    rng = np.random.default_rng(1)
    signal = np.nan_to_num(x[:, :NUMBERS]).sum(axis=1) + x[:, NUMBERS] % 3 + rng.normal(size=len(x))
    cut = np.digitize(signal, [-1, 2])
    target = {"binary": cut > 0, "multiclass": cut, "regression": signal}[task]
    parameters = {"objective": task, "num_leaves": leaves, "verbosity": -1, "min_data_in_leaf": 5}
    parameters |= {"min_data_per_group": 5, "num_threads": 1, "seed": 3, "deterministic": True}
    if task == "multiclass":
        parameters["num_class"] = 3
    ids = [NUMBERS, NUMBERS + 1]
    found = []
    for each in range(count):
        half = slice(each, None, count)
        data = lightgbm.Dataset(x[half], target[half], categorical_feature=ids, params=parameters)
        found.append(lightgbm.train(parameters, data, 15))
    return found


@pytest.fixture(params=[False, True], ids=["tables", "comparisons"])
def compiled(request):
    """A function: models to what serves them, in each of both forms."""

    def of(trained, medians=(0.0,) * NUMBERS) -> Ensemble:
        trees = Trees.of(trained, medians)
        return Ensemble(Masks.of(trees, NUMBERS, SIZES, one_by_one=request.param))

    return of


def answers(graph: Ensemble, x: np.ndarray) -> np.ndarray:
    run = tf.function(graph.__call__, autograph=False)
    return run(tf.constant(x[:, :NUMBERS]), tf.constant(x[:, NUMBERS:].astype(np.int32))).numpy()


def library(trained, x: np.ndarray) -> np.ndarray:
    found = [model.predict(x, raw_score=True).reshape(len(x), -1) for model in trained]
    return np.mean(found, axis=0)


@pytest.mark.parametrize("leaves", [2, 31, 63])
@pytest.mark.parametrize("task", CLASSES)
def test_every_task_and_size(compiled, task, leaves):
    trained, x = models(task, leaves), rows(CHUNK + 100, 7)
    x[0, 1], x[1, 1] = np.inf, -np.inf
    found = answers(compiled(trained), x)
    assert found.shape == (len(x), CLASSES[task])
    assert found.dtype == np.float64
    assert np.abs(found - library(trained, x)).max() < 1e-12


def test_a_batch_answers_as_its_rows_one_by_one(compiled):
    trained, x = models("multiclass"), rows(2 * CHUNK, 8)
    graph = compiled(trained)
    whole = answers(graph, x)
    for at in (0, CHUNK - 1, CHUNK, 2 * CHUNK - 1):
        assert (answers(graph, x[at : at + 1]) == whole[at]).all()
    assert answers(graph, x[:0]).shape == (0, 3)


def test_many_trees_are_compared_few_rows_at_a_time(compiled, monkeypatch):
    trained, x = models("multiclass"), rows(100, 8)
    whole = answers(compiled(trained), x)
    monkeypatch.setattr(ensemble, "VALUES", 1)
    assert (answers(compiled(trained), x) == whole).all()


def test_ids_that_no_split_names_and_trees_of_categories_alone(compiled):
    x = rows(2000, 0)
    x[:, :NUMBERS] = 0
    trained, asked = models("regression", x=x), rows(40, 3)
    asked[:, NUMBERS:] = np.arange(40)[:, np.newaxis] % SIZES
    found = answers(compiled(trained), asked)
    assert len(np.unique(found)) > 3
    assert np.abs(found - library(trained, asked)).max() < 1e-12


@pytest.mark.parametrize(("leaves", "wide"), [(3, True), (31, False)])
def test_small_trees_over_many_columns_are_compared(leaves, wide):
    trees = Trees.of(models("regression", leaves, 8), (0.0,) * NUMBERS)
    spread = [
        replace(split, column=split.column % NUMBERS + NUMBERS * (split.tree % 4))
        for split in trees.splits
        if split.threshold is not None
    ]
    masks = Masks.of(replace(trees, splits=spread), 4 * NUMBERS, [])
    assert (len(masks.split_masks) > 0) == wide
    if wide:
        assert masks.table.size == 1
        assert masks.work == len(trees.leaves) * 2 * masks_module.COMPARISON


def test_values_that_are_a_threshold_but_for_their_last_digit(compiled):
    """A threshold between two neighbours in float32 rounds to one of them."""
    x = rows(2000, 0)
    below = np.float32(2.38)
    x[:, 0] = np.where(x[:, 0] > 0, np.nextafter(below, np.float32(9)), below)
    trained = models("binary", x=x)
    found = answers(compiled(trained), x)
    assert len(np.unique(x[:, 0])) == 2
    assert np.abs(found - library(trained, x)).max() < 1e-12


def test_a_number_that_training_never_missed_is_its_median_when_missing(compiled):
    trained, x = models("regression"), rows(500, 9)
    x[:, 0] = np.nan
    found = answers(compiled(trained, (0.7, *(0.0,) * (NUMBERS - 1))), x)
    x[:, 0] = 0.7
    assert np.abs(found - library(trained, x)).max() < 1e-12


def test_trees_without_a_split(compiled):
    x = rows(300, 0)
    data = lightgbm.Dataset(x, np.ones(300), params={"verbosity": -1})
    trained = [lightgbm.train({"objective": "regression", "verbosity": -1}, data, 3)]
    assert answers(compiled(trained), rows(2, 1)).tolist() == [[1.0], [1.0]]


def test_a_tree_of_too_many_leaves_is_refused(compiled):
    trained = models("regression", 120, 1)
    with pytest.raises(MainlineError, match="leaves does not fit the served graph"):
        compiled(trained)


def test_the_tables_survive_a_disk(compiled, tmp_path):
    masks = compiled(models("binary")).masks
    masks.write(tmp_path)
    x = rows(100, 4)
    assert (answers(Ensemble(Masks.read(tmp_path)), x) == answers(Ensemble(masks), x)).all()
