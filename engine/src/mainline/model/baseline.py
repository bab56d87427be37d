"""The bar that a model has to pass: plain gradient-boosted trees on the same rows and columns."""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OrdinalEncoder

from mainline.core.table import TableSettings
from mainline.model.plain_trees import PlainTreesSettings

MOST_CATEGORIES = 250  # the trees take at most 255; rarer ones are one "infrequent" category


def fit(frame: pd.DataFrame, table: TableSettings, settings: PlainTreesSettings, seed: int) -> Any:
    """Fit on training rows. Returns a scikit-learn pipeline; the same rows give the same trees."""
    encode = make_column_transformer(
        (
            OrdinalEncoder(
                handle_unknown="use_encoded_value",
                unknown_value=np.nan,
                max_categories=MOST_CATEGORIES,
            ),
            table.categories,
        ),
        ("passthrough", table.numbers),
    )
    kind = (
        HistGradientBoostingRegressor
        if table.task == "regression"
        else HistGradientBoostingClassifier
    )
    trees = kind(
        **settings.model_dump(),
        categorical_features=list(range(len(table.categories))),
        early_stopping=False,
        random_state=seed,
    )
    model: Pipeline = make_pipeline(encode, trees)
    return model.fit(_features(frame, table), frame[table.target])


def score(model: Any, frame: pd.DataFrame, table: TableSettings) -> np.ndarray:
    """Scores as the network's, float64 (rows,), multiclass (rows, classes)."""
    several = table.task == "multiclass"
    if frame.empty:  # scikit-learn refuses what has no rows
        return np.zeros((0, len(table.classes)) if several else 0)
    features = _features(frame, table)
    if table.task == "regression":
        return np.asarray(model.predict(features), dtype=np.float64)
    chances = np.asarray(model.predict_proba(features), dtype=np.float64)
    return chances if several else chances[:, 1]


def _features(frame: pd.DataFrame, table: TableSettings) -> pd.DataFrame:
    texts = {
        name: frame[name].astype(object).where(frame[name].notna(), np.nan)
        for name in table.categories
    }
    return frame[table.features].assign(**texts)
