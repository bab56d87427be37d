"""The bag: folds by entity, answers to rows left out, the size of its trees."""

import sys

import numpy as np
import pytest

from mainline.core.errors import DataError, MainlineError
from mainline.trees import bag
from mainline.trees import settings as trees_settings
from mainline.trees.settings import BagSettings
from mainline.trees.splits import Trees

SETTINGS = BagSettings(folds=3, num_iterations=20, early_stopping_rounds=5, num_leaves=[7])


def rows(count: int = 900, seed: int = 0):
    rng = np.random.default_rng(seed)
    columns = np.column_stack([rng.normal(size=(count, 3)), rng.integers(0, 4, count)])
    target = (columns[:, 0] + rng.normal(size=count) > 0).astype(np.float32)
    return columns.astype(np.float32), target, np.arange(count) // 3


def log_loss(target: np.ndarray):
    def loss(sums: np.ndarray, places: np.ndarray) -> float:
        signs = np.where(target[places] == 1, -1, 1)
        return float(np.logaddexp(0, signs * sums[:, 0]).mean())

    return loss


def fit(given, settings=SETTINGS, task="binary", outputs=1):
    return bag.best(
        given, settings, log_loss(given[1]), categories=1, task=task, outputs=outputs, seed=1
    )


def test_an_answer_to_a_row_is_of_the_model_that_has_not_seen_its_entity():
    given = rows()
    found = fit(given)
    columns, _, entities = given
    each = np.stack([model.predict(columns, raw_score=True) for model in found.models])
    same = each == found.held_out[:, 0]
    assert same.any(axis=0).all()
    by_entity = [set(same[:, entities == name].argmax(axis=0)) for name in np.unique(entities)]
    assert all(len(models) == 1 for models in by_entity)


def test_the_same_rows_give_the_same_trees_on_any_number_of_cores():
    text = [
        [model.model_to_string().split("parameters:")[0] for model in found.models]
        for found in (fit(rows()), fit(rows(), SETTINGS.model_copy(update={"num_threads": 1})))
    ]
    assert text[0] == text[1]


def test_the_size_that_answers_best_is_taken_and_no_more_tried(capsys):
    settings = SETTINGS.model_copy(update={"num_leaves": [7, 2, 60]})
    found = fit(rows(), settings)
    assert max(model.dump_model()["tree_info"][0]["num_leaves"] for model in found.models) > 2
    tried = capsys.readouterr().out
    assert "of 7 leaves" in tried
    assert "of 2 leaves" in tried
    assert "of 60 leaves" not in tried


@pytest.mark.parametrize(("name", "most"), [("MANY", 899), ("MANY_VALUES", 1_000)])
def test_of_many_rows_or_values_one_fold_chooses_the_size(name, most, monkeypatch, capsys):
    settings = SETTINGS.model_copy(update={"num_leaves": [7, 2]})
    whole = fit(rows(), settings)
    seven = int(capsys.readouterr().out.split(" trees of 7")[0].split()[-1])
    monkeypatch.setattr(bag, name, most)
    found = fit(rows(), settings)
    tried = int(capsys.readouterr().out.split(" trees of 7")[0].split()[-1])
    assert tried < seven
    assert len(found.models) == len(whole.models) == 3
    assert np.array_equal(found.held_out, whole.held_out)


def test_iterations_bound_the_trees():
    settings = SETTINGS.model_copy(update={"num_iterations": 2, "num_leaves": [7, 15]})
    few, many = (
        [model.num_trees() for model in fit(rows(), each).models] for each in (settings, SETTINGS)
    )
    assert max(few) <= 2 < max(many)


@pytest.mark.parametrize(
    ("given", "values", "found"), [({}, 3_000_000, 8), ({}, 3_000_001, 5), ({"folds": 9}, 10**9, 9)]
)
def test_a_large_table_has_fewer_folds(given, values, found):
    assert BagSettings(**given).parts(values) == found


@pytest.mark.parametrize(
    ("given", "numbers", "found"),
    [
        ({}, 78, {"max_bin": 255}),
        ({}, 0, {"max_bin": 255}),
        ({}, 100, {"max_bin": 255, "max_bin_by_feature": [200] * 100 + [255]}),
        ({}, 5_000, {"max_bin": 255, "max_bin_by_feature": [63] * 5_000 + [255]}),
        ({"max_bin": 100}, 5_000, {"max_bin": 100}),
    ],
)
def test_the_numbers_of_a_wide_table_are_told_apart_less(given, numbers, found):
    assert BagSettings(**given).bins(numbers, 1) == found


def test_a_category_of_a_wide_table_keeps_its_values(monkeypatch):
    columns, _, entities = rows()
    columns[:, 3] = np.arange(900) % 80
    target = (columns[:, 0] + (columns[:, 3] % 2 == 0) > 0.5).astype(np.float32)
    monkeypatch.setattr(trees_settings, "BINS", 12)
    monkeypatch.setattr(trees_settings, "FEWEST_BINS", 3)
    settings = SETTINGS.model_copy(update={"min_data_per_group": 1, "cat_smooth": 1.0})
    splits = Trees.of(fit((columns, target, entities), settings).models, [0.0] * 3).splits
    assert 1 <= len({each.threshold for each in splits if each.column == 0}) <= 9  # in 3 models
    assert len(set().union(*(each.ids for each in splits))) > 30


def test_fewer_entities_than_folds():
    columns, target, _ = rows(200)
    found = fit((columns, target, np.arange(200) % 2))
    assert len(found.models) == 2


def test_one_entity_alone_is_one_line():
    columns, target, _ = rows(200)
    with pytest.raises(DataError, match="one entity in 200 rows, expected two or more") as found:
        fit((columns, target, np.zeros(200)))
    assert len(str(found.value).splitlines()) == 1


def test_a_class_of_five_rows():
    columns, target, entities = rows(200)
    target = np.where(np.arange(200) < 5, 2, target).astype(np.float32)
    settings = SETTINGS.model_copy(update={"folds": 8})
    found = bag.best(
        (columns, target, entities),
        settings,
        lambda sums, _: float(np.square(sums).mean()),
        categories=1,
        task="multiclass",
        outputs=3,
        seed=1,
    )
    assert found.held_out.shape == (200, 3)
    assert np.isfinite(found.held_out).all()


@pytest.mark.parametrize("wrong", [{"num_leaves": []}, {"num_leaves": [64]}, {"folds": 1}])
def test_settings_that_cannot_be(wrong):
    with pytest.raises(ValueError, match="validation error"):
        BagSettings(**wrong)


def test_a_machine_without_openmp_is_told_what_to_install(monkeypatch):
    class Absent:
        def find_spec(self, name, path=None, target=None):
            if name == "lightgbm":
                raise OSError("libgomp.so.1: cannot open shared object file")

    monkeypatch.delitem(sys.modules, "lightgbm", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Absent(), *sys.meta_path])
    with pytest.raises(MainlineError, match="apt-get install libgomp1"):
        fit(rows())
