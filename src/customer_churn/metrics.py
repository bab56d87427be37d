"""Figures beside the engine's own. Each public function is one; `gate.bars` may name it."""

import numpy as np


def churners_in_top_tenth(target: np.ndarray, scores: np.ndarray) -> float:
    """Share of all churners among the tenth of the rows that scores highest."""
    highest = np.argsort(-scores, kind="stable")[: len(scores) // 10]
    return float(target[highest].sum() / target.sum()) if target.any() else float("nan")
