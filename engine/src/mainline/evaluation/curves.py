"""ROC, precision-recall and calibration curves, for `dvc plots` and the comment."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.metrics import precision_recall_curve, roc_curve

from mainline.evaluation.weighted import BINS, bins

POINTS = 101
TENTHS = {"calibration": ["mean_score", "observed", "rows"]}
RANKED = {
    "roc": ["false_positive_rate", "true_positive_rate"],
    "precision_recall": ["recall", "precision"],
} | TENTHS


def ranked(questions: Sequence[tuple[np.ndarray, np.ndarray]]) -> dict[str, pd.DataFrame]:
    """ROC and precision-recall on a grid of `POINTS` points, averaged over several questions.

    A question is a pair of a target (0 and 1, both present) and its scores.
    """
    grid = np.linspace(0, 1, POINTS)
    hits, precisions = [], []
    for target, scores in questions:
        false_positives, true_positives, _ = roc_curve(target, scores)
        hits.append(np.interp(grid, false_positives, true_positives))
        precision, recall, _ = precision_recall_curve(target, scores)
        precisions.append(np.interp(grid, recall[::-1], precision[::-1]))
    mean_hits, mean_precision = np.mean(hits, axis=0), np.mean(precisions, axis=0)
    return {
        "roc": pd.DataFrame({"false_positive_rate": grid, "true_positive_rate": mean_hits}),
        "precision_recall": pd.DataFrame({"recall": grid, "precision": mean_precision}),
    }


def by_tenth(observed: np.ndarray, scores: np.ndarray) -> dict[str, pd.DataFrame]:
    """Calibration: mean score and mean target in ten groups of rows, sorted by score."""
    place = bins(scores)
    rows = np.bincount(place, minlength=BINS)
    used = rows > 0
    table = {
        "mean_score": np.bincount(place, weights=scores, minlength=BINS)[used] / rows[used],
        "observed": np.bincount(place, weights=observed, minlength=BINS)[used] / rows[used],
        "rows": rows[used],
    }
    return {"calibration": pd.DataFrame(table)}
