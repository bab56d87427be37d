"""Tables on which a model may come out as nonsense: each trains, or one line says why not."""

import numpy as np
import pandas as pd
import pytest

from mainline.core.errors import DataError
from mainline.core.table import TableSettings
from mainline.model import runtime, train
from mainline.model.settings import TrainSettings

ROWS = 600
CLASSES = ["red", "green", "blue"]


@pytest.fixture
def fitted(tiny_design, tiny_table, tiny_settings):
    """A function: rows to the model that ships, chosen among all candidates."""

    def fit(rows, **columns):
        table = TableSettings.model_validate(tiny_table.model_dump() | columns)
        settings = TrainSettings.model_validate(tiny_settings.model_dump() | {"ship": "best"})
        runtime.deterministic(settings.seed)
        parts = rows[: ROWS // 2], rows[ROWS // 2 :], table
        network, _ = train.fit(*parts, tiny_design(settings))
        return train.with_trees(network, *parts, settings)

    return fit


@pytest.mark.parametrize(("later", "told"), [(True, False), (False, True)])
def test_trees_that_are_compared_know_no_later_row(fitted, rows, later, told):
    """Rows of validation follow a rule of their own, which training rows cannot teach."""
    half = ROWS // 2
    rows = rows.assign(income=np.tile([0.0, 1.0], half), city="ulm", plan="basic", age=40.0)
    rows["left"] = (rows["income"] == (np.arange(ROWS) < half)).astype(np.int8)
    days = pd.date_range("2026-01-01", periods=ROWS)
    rows["day"] = days if later else days[::-1]

    model, held_out = fitted(rows, time="day")

    right = ((held_out > 0.5) == rows["left"].to_numpy()[half:]).mean()
    assert (right > 0.1) == told
    assert model.choice.losses["trees"] > 0


def test_rows_of_one_entity_are_refused_in_one_line(fitted, rows):
    with pytest.raises(DataError, match="one entity in 600 rows"):
        fitted(rows.assign(who="c1"))


@pytest.fixture
def rows(tiny_rows):
    return pd.concat([tiny_rows["train"], tiny_rows["validation"]], ignore_index=True)


def test_a_column_that_gives_the_target_away_is_learnt(fitted, rows):
    rows = rows.assign(income=rows["left"] * 2.0 - 1)

    model, held_out = fitted(rows)

    answers = rows["left"].to_numpy()
    assert model.choice.share > 0
    assert ((held_out > 0.5) == answers[ROWS // 2 :]).all()
    assert np.isfinite(model.score(rows)).all()


@pytest.mark.parametrize("positives", [1, 5])
def test_few_rows_of_a_class_leave_folds_without_it(fitted, rows, positives):
    rows = rows.assign(left=np.int8(0))
    rows.loc[np.linspace(0, ROWS - 1, positives).astype(int), "left"] = 1

    model, held_out = fitted(rows)

    assert np.isfinite(held_out).all()
    assert 0 <= model.score(rows).mean() < 0.1


def test_few_rows_of_one_of_several_classes(fitted, rows):
    rows.loc[[0, 80, 200, 400, 500], "left"] = 2

    model, _ = fitted(rows, task="multiclass", classes=CLASSES, positive=None)

    scores = model.score(rows)
    assert scores.shape == (ROWS, 3)
    np.testing.assert_allclose(scores.sum(axis=1), 1, atol=1e-6)


def test_a_category_of_as_many_values_as_rows_is_one_unknown_value(fitted, rows):
    rows = rows.assign(city=[f"street {row}" for row in range(ROWS)])

    model, _ = fitted(rows)

    assert model.preprocessing.sizes[0] == 2
    assert np.isfinite(model.score(rows)).all()
