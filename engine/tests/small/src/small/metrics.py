"""A figure of its own."""

import numpy as np


def lift_at_tenth(target: np.ndarray, scores: np.ndarray) -> float:
    """How many times as many positives the highest tenth of the scores has."""
    highest = np.argsort(-scores, kind="stable")[: max(len(scores) // 10, 1)]
    return float(target[highest].mean() / target.mean())
