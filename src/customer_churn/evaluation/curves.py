"""The curves behind the figures, as small tables for `dvc plots` and for the comment."""

import numpy as np
import pandas as pd
from sklearn.metrics import precision_recall_curve, roc_curve

from customer_churn.evaluation.metrics import judgeable
from customer_churn.evaluation.weighted import BINS, bins

POINTS = 101
COLUMNS = {
    "roc": ["false_positive_rate", "true_positive_rate"],
    "precision_recall": ["recall", "precision"],
    "calibration": ["mean_score", "observed", "rows"],
}


def tables(target: np.ndarray, scores: np.ndarray) -> dict[str, pd.DataFrame]:
    """ROC, precision-recall and calibration; the first two on a grid of `POINTS` points.

    Scores that cannot be judged give tables without rows.
    """
    if not judgeable(target, scores):
        return {name: pd.DataFrame(columns=columns) for name, columns in COLUMNS.items()}
    grid = np.linspace(0, 1, POINTS)
    false_positives, true_positives, _ = roc_curve(target, scores)
    precision, recall, _ = precision_recall_curve(target, scores)
    return {
        "roc": pd.DataFrame(
            {
                "false_positive_rate": grid,
                "true_positive_rate": np.interp(grid, false_positives, true_positives),
            }
        ),
        "precision_recall": pd.DataFrame(
            {"recall": grid, "precision": np.interp(grid, recall[::-1], precision[::-1])}
        ),
        "calibration": _calibration(target, scores),
    }


def _calibration(target: np.ndarray, scores: np.ndarray) -> pd.DataFrame:
    place = bins(scores)
    rows = np.bincount(place, minlength=BINS)
    used = rows > 0
    return pd.DataFrame(
        {
            "mean_score": np.bincount(place, weights=scores, minlength=BINS)[used] / rows[used],
            "observed": np.bincount(place, weights=target, minlength=BINS)[used] / rows[used],
            "rows": rows[used],
        }
    )
