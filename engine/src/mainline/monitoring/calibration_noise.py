"""The calibration error that probabilities show by chance, also when they are right."""

import numpy as np

from mainline.evaluation.rows import Rows
from mainline.evaluation.weighted import BINS, bins


def by_chance(rows: Rows, scores: np.ndarray, z: float) -> float:
    """An upper limit of the chance part of the calibration error, `z` deviations above its mean.

    The error is a sum of absolute values, so chance only adds to it: right probabilities of 600
    rows show more than 0.01. The rows of an entity are summed first.
    """
    sure, right = (scores, rows.target) if scores.ndim == 1 else _of_label(scores, rows.target)
    sums = np.zeros((int(rows.clusters.max()) + 1, BINS))
    np.add.at(sums, (rows.clusters, bins(sure)), sure - right)
    deviations = sums.std(axis=0) * np.sqrt(len(sums)) / len(rows)
    mean = np.sqrt(2 / np.pi) * deviations.sum()  # of absolute values of normal ones
    spread = np.sqrt((1 - 2 / np.pi) * (deviations**2).sum())
    return float(mean + z * spread)


def _of_label(scores: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return scores.max(axis=1), scores.argmax(axis=1) == target
