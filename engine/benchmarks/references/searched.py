"""HistGradientBoosting, tuned by 20 random draws x 3 folds by entity, then fitted on both."""

from typing import Any

import numpy as np
import pandas as pd
import sklearn
from scipy.stats import loguniform
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.model_selection import GroupKFold, RandomizedSearchCV

from references.tables import Rows

DRAWS, FOLDS, SEED = 20, 3, 0
SPACE = {
    "learning_rate": loguniform(0.01, 0.316),
    "max_iter": [100, 200, 400],
    "max_leaf_nodes": [7, 15, 31, 63],
    "min_samples_leaf": [10, 20, 50, 100],
    "l2_regularization": loguniform(0.001, 31.6),
    "max_features": [0.3, 0.5, 0.8, 1.0],
}
SCORING = {
    "binary": "roc_auc",
    "multiclass": "neg_log_loss",
    "regression": "neg_root_mean_squared_error",
}
RECIPE = {
    "kind": "HistGradientBoosting, tuned",
    "draws": DRAWS,
    "folds": FOLDS,
    "seed": SEED,
    "scikit-learn": sklearn.__version__,
    "edition": 1,
}


def compute(rows: Rows) -> tuple[np.ndarray, dict[str, Any]]:
    """Scores of the test rows, and the settings that won."""
    table, known = rows.table, rows.known
    kind = (
        HistGradientBoostingRegressor
        if table.task == "regression"
        else HistGradientBoostingClassifier
    )
    search = RandomizedSearchCV(
        kind(categorical_features="from_dtype", random_state=SEED),
        SPACE,
        n_iter=DRAWS,
        cv=GroupKFold(FOLDS, shuffle=True, random_state=SEED),
        scoring=SCORING[table.task],
        random_state=SEED,
    )
    columns, tested = encoded(rows)
    search.fit(columns, known[table.target], groups=known[table.entity].astype(str))
    scores = search.predict(tested) if table.task == "regression" else search.predict_proba(tested)
    best = {name: round(float(value), 6) for name, value in search.best_params_.items()}
    return scores[:, 1] if table.task == "binary" else scores, {"best": best}


def encoded(rows: Rows) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Columns of known and of test rows; categories have a type that lists the known values."""
    known, test = rows.known[rows.table.features], rows.test[rows.table.features]
    kinds = {
        name: pd.CategoricalDtype(sorted(known[name].dropna().unique()))
        for name in rows.table.categories
    }
    return known.astype(kinds), test.astype(kinds)
