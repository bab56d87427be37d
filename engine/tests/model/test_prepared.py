"""Rows are converted once; after that only the columns that change are."""

import numpy as np
import pandas as pd
import pytest

from mainline.core.errors import MainlineError
from mainline.evaluation import importance
from mainline.model import prepared
from mainline.model.prepared import Prepared
from mainline.packaging import saved_model
from mainline.packaging.saved_model import Scorer

NAMES = [f"x{place}" for place in range(40)]
FRAME = pd.DataFrame(np.random.default_rng(0).normal(size=(30, 40)), columns=NAMES)


class Counting:
    """Converts columns and counts them."""

    def __init__(self):
        self.columns = 0

    def __call__(self, frame, names):
        self.columns += len(names)
        return {name: frame[name].to_numpy() for name in names}


def total(columns):
    return np.sum(list(columns.values()), axis=0)


@pytest.mark.parametrize(("columns", "repeats"), [(10, 1), (40, 1), (40, 3)])
def test_importances_convert_as_many_columns_as_they_shuffle(columns, repeats):
    convert = Counting()
    rows = Prepared(FRAME, NAMES[:columns], convert, total)
    importance.importances(
        rows,
        FRAME,
        np.arange(30) % 2,
        lambda target, scores: 0.0,
        columns=NAMES[:columns],
        seed=0,
        repeats=repeats,
    )
    assert convert.columns == columns + columns * repeats


def test_a_change_is_for_one_call_and_a_column_that_is_not_read_changes_nothing():
    rows = Prepared(FRAME, NAMES, Counting(), total)
    other = pd.Series(np.arange(30.0), index=FRAME.index[::-1])
    expected = total(dict(FRAME.assign(x3=other.to_numpy()).items()))
    assert rows({"x3": other}) == pytest.approx(expected)
    assert np.array_equal(rows({"unread": other}), total(dict(FRAME.items())))


@pytest.mark.parametrize(("columns", "rows"), [(0, 4096), (32, 4096), (256, 512), (5000, 128)])
def test_a_wide_table_is_scored_few_rows_at_a_time(columns, rows):
    assert prepared.at_once(columns) == rows


@pytest.mark.parametrize("batch", [7, 30, 31])
def test_rows_beyond_a_batch_are_scored_in_order(monkeypatch, batch):
    monkeypatch.setattr(prepared, "BATCH", batch)
    rows = Prepared(FRAME, NAMES, Counting(), total)
    assert rows({}) == pytest.approx(FRAME.sum(axis=1).to_numpy())


@pytest.fixture(scope="module")
def models(tiny_model, tmp_path_factory):
    """The trained and the packaged model."""
    directory = tmp_path_factory.mktemp("prepared") / "model"
    saved_model.export(tiny_model, directory)
    return {"trained": tiny_model, "packaged": Scorer(directory)}


@pytest.mark.parametrize("which", ["trained", "packaged"])
def test_scores_are_bit_for_bit_those_of_changed_rows(models, which, tiny_rows):
    model, rows = models[which], tiny_rows["test"]
    asked = model.prepared(rows)
    assert np.array_equal(asked({}), model.score(rows))
    for name in model.prepared(rows.head(0))._columns:
        shuffled = rows[name].sample(frac=1, random_state=1).set_axis(rows.index)
        changed = asked({name: shuffled})
        assert np.array_equal(changed, model.score(rows.assign(**{name: shuffled})))
    assert not np.array_equal(changed, asked({}))


@pytest.mark.parametrize("which", ["trained", "packaged"])
def test_importances_are_bit_for_bit_those_of_rows_that_are_scored_anew(
    models, which, tiny_rows, tiny_table
):
    model, rows = models[which], tiny_rows["test"]

    def lead(target, scores):
        return -float(np.mean((target - scores) ** 2))

    def found(score):
        target = rows[tiny_table.target].to_numpy()
        columns = ["age", "income", "city", "plan"]
        return importance.importances(score, rows, target, lead, columns=columns, seed=3, repeats=2)

    anew = found(lambda changed: model.score(rows.assign(**_aligned(changed, rows))))
    assert found(model.prepared(rows)) == anew
    assert any(each.value for each in anew.values())


def _aligned(changed, rows):
    return {name: values.to_numpy() for name, values in changed.items()}


@pytest.mark.parametrize("which", ["trained", "packaged"])
def test_an_absent_column_is_named(models, which):
    with pytest.raises(MainlineError, match="lack: city, plan"):
        models[which].prepared(pd.DataFrame({"age": [1.0], "income": [1.0]}))
