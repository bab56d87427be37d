import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from mainline.model import baseline
from mainline.model.plain_trees import PlainTreesSettings

SETTINGS = PlainTreesSettings(max_iter=20)


@pytest.fixture(scope="module")
def trees(tiny_rows, tiny_table):
    return baseline.fit(tiny_rows["train"], tiny_table, SETTINGS, seed=1)


def test_it_learns(trees, tiny_rows, tiny_table):
    test = tiny_rows["test"]
    assert roc_auc_score(test["left"], baseline.score(trees, test, tiny_table)) > 0.65


def test_fitting_again_gives_the_same_scores(trees, tiny_rows, tiny_table):
    again = baseline.fit(tiny_rows["train"], tiny_table, SETTINGS, seed=1)
    scores = [baseline.score(model, tiny_rows["test"], tiny_table) for model in (trees, again)]
    assert np.array_equal(*scores)


def test_more_rows_than_trees_look_at_for_their_bins_still_give_the_same_trees(tiny_table):
    """Beyond 200,000 rows scikit-learn draws a sample, and the seed must fix which."""
    rng = np.random.default_rng(1)
    age = rng.normal(50, 9, 210_000)
    frame = pd.DataFrame({"age": age, "left": (age + rng.normal(0, 9, 210_000) > 60).astype(int)})
    table = tiny_table.model_copy(update={"numbers": ["age"], "categories": []})
    few = PlainTreesSettings(max_iter=2)
    scores = [baseline.score(baseline.fit(frame, table, few, 1), frame, table) for _ in range(2)]
    assert np.array_equal(*scores)


def test_unknown_and_missing_values_are_scored(trees, tiny_table):
    odd = pd.DataFrame(
        {
            "age": [45.0, np.nan, np.nan],
            "income": [np.nan, 20.0, np.nan],
            "city": pd.Series(["never seen", None, None], dtype="str"),
            "plan": pd.Series([None, "never seen", None], dtype="str"),
        }
    )
    scores = baseline.score(trees, odd, tiny_table)
    assert ((scores > 0) & (scores < 1)).all()


def test_a_category_without_any_value_is_fitted(tiny_rows, tiny_table):
    empty = tiny_rows["train"].assign(plan=pd.Series(None, dtype="str"))
    trees = baseline.fit(empty, tiny_table, SETTINGS, seed=1)
    assert np.isfinite(baseline.score(trees, tiny_rows["test"], tiny_table)).all()


def test_more_categories_than_trees_can_take_are_fitted(tiny_rows, tiny_table):
    train = pd.concat([tiny_rows["train"]] * 2, ignore_index=True)
    many = train.assign(city=pd.Series([f"place {row % 400}" for row in range(800)], dtype="str"))
    trees = baseline.fit(many, tiny_table, SETTINGS, seed=1)
    assert np.isfinite(baseline.score(trees, many, tiny_table)).all()


def test_no_rows_give_no_scores(trees, tiny_rows, tiny_table):
    assert baseline.score(trees, tiny_rows["test"].head(0), tiny_table).shape == (0,)
