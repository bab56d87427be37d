"""From raw rows on, trees answer as LightGBM's own `predict` on these rows, encoded here anew."""

import lightgbm
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from scipy.special import expit, softmax

from mainline.core.table import TableSettings
from mainline.model import runtime, train
from mainline.model.design import Design
from mainline.model.preprocessing import tensors
from mainline.model.trained import Trained
from mainline.packaging import saved_model
from mainline.trees import bag
from task_fixtures import of_task

TASKS = ("binary", "multiclass", "regression")


@pytest.fixture(params=TASKS)
def fitted(request, tiny_rows, tiny_table, tiny_settings, tiny_root, task_tables, monkeypatch):
    """Trees that ship, LightGBM's models behind them, the rows that they were given, the table."""
    parts, table = {name: tiny_rows[name] for name in ("train", "validation")}, tiny_table
    if request.param != "binary":
        table = task_tables[request.param]
        parts = {name: of_task(request.param, frame) for name, frame in parts.items()}
    kept: list[bag.Bag] = []
    best = bag.best

    def keeping(*arguments, **options) -> bag.Bag:
        kept.append(best(*arguments, **options))
        return kept[-1]

    monkeypatch.setattr(bag, "best", keeping)
    runtime.deterministic(1)
    settings = tiny_settings.model_copy(update={"epochs": 1, "ship": "trees"})
    design = Design.of(tiny_root, table, settings)
    given = parts["train"], parts["validation"], table
    network, _ = train.fit(*given, design)
    model, _ = train.with_trees(network, *given, settings)
    return model, kept[0].models, pd.concat(parts.values()), table


def asked(rows: pd.DataFrame, table: TableSettings, models: list[lightgbm.Booster]) -> pd.DataFrame:
    """Rows that training never had: missing and unknown values, and thresholds themselves."""
    asked = rows[table.features].reset_index(drop=True)
    for place, name in enumerate(table.numbers):
        asked[name] = asked[name].astype("float64")
        asked.loc[place::11, name] = np.nan
        found = [model.trees_to_dataframe() for model in models]
        each = pd.concat(found).query(f"split_feature == 'Column_{place}'")["threshold"]
        some = each.astype(float).unique()[: len(asked) // 3]
        asked.loc[: len(some) - 1, name] = some
        asked.loc[len(asked) - 2 :, name] = [np.inf, -np.inf]
    for place, name in enumerate(table.categories):
        asked[name] = asked[name].astype(object)
        asked.loc[place::7, name] = None
        asked.loc[place::13, name] = "nobody has seen this"
    return asked


def encoded(model: Trained, rows: pd.DataFrame, seen: pd.DataFrame) -> np.ndarray:
    """What LightGBM is given: numbers and ids, 0 for missing, 1 for unknown, from 2 on known ones.

    A number that is missing in none of the rows that it has `seen` is their median.
    """
    known, columns = model.preprocessing, []
    for name, scale in known.numbers.items():
        never = seen[name].notna().all()
        columns.append(rows[name].fillna(scale.median if never else np.nan).to_numpy(np.float32))
    for name, values in known.categories.items():
        places = {value: place + 2 for place, value in enumerate(values)}
        columns.append(np.array([0 if pd.isna(v) else places.get(v, 1) for v in rows[name]]))
    return np.column_stack(columns).astype(np.float32)


def test_every_task_with_missing_unknown_and_tied_values(fitted, tmp_path):
    model, models, seen, table = fitted
    rows = asked(seen, table, models)
    library = np.mean(
        [each.predict(encoded(model, rows, seen), raw_score=True) for each in models], axis=0
    ).reshape(len(rows), -1)
    columns = tensors(rows, {n: spec.dtype for n, spec in model.preprocessing.everything.items()})
    _, ids = model.preprocessing.encode(columns)
    numbers = tf.stack([columns[name] for name in model.preprocessing.numbers], axis=1)
    assert np.abs(model.trees(numbers, ids).numpy() - library).max() < 1e-12
    assert len(np.unique(library)) > 50

    saved_model.export(model, tmp_path / "model")
    served = saved_model.Scorer(tmp_path / "model").score(rows)
    wanted = {
        "binary": lambda sums: expit(sums[:, 0]),
        "multiclass": lambda sums: softmax(sums, axis=1),
        "regression": lambda sums: sums[:, 0] * model.target.deviation + model.target.mean,
    }[table.task](library)
    assert served == pytest.approx(wanted, rel=1e-6, abs=1e-6)
