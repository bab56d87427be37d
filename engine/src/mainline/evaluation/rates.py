"""The rates by which groups of rows are compared, for each task. Each is a ratio of two sums."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Rates:
    """Named rates of a group, and differences between groups: the largest of one or more rates.

    `parts` gives each row's contribution to the sums of the rates, (rows, 2 x names): a numerator
    and a denominator for each rate.
    """

    names: tuple[str, ...]
    differences: Mapping[str, tuple[str, ...]]
    parts: Callable[[np.ndarray, np.ndarray], np.ndarray]

    @staticmethod
    def of(sums: np.ndarray) -> np.ndarray:
        """Rates (..., names) from sums of parts; NaN where the denominator is 0."""
        counted, whole = sums[..., 0::2], sums[..., 1::2]
        nothing = np.full(whole.shape, np.nan)
        return np.asarray(np.divide(counted, whole, out=nothing, where=whole > 0))


def called(threshold: float) -> Rates:
    """Binary: the share called positive of all rows, of the positives and of the negatives."""

    def parts(target: np.ndarray, scores: np.ndarray) -> np.ndarray:
        known = np.nan if np.isnan(threshold) else 1.0  # without a threshold there are no rates
        chosen, positive = known * (scores >= threshold), target == 1
        columns = (np.ones(len(target)), positive, ~positive)
        pairs = [pair for whole in columns for pair in (chosen * whole, whole)]
        return np.column_stack(pairs).astype(np.float64)

    return Rates(
        ("selection_rate", "true_positive_rate", "false_positive_rate"),
        {
            "demographic_parity": ("selection_rate",),
            "equalized_odds": ("true_positive_rate", "false_positive_rate"),
        },
        parts,
    )


def right() -> Rates:
    """Multiclass: the share of rows whose most probable class is right."""

    def parts(target: np.ndarray, scores: np.ndarray) -> np.ndarray:
        return np.column_stack([scores.argmax(axis=1) == target, np.ones(len(target))])

    return Rates(("accuracy",), {"accuracy": ("accuracy",)}, parts)


def leaning(deviation: float) -> Rates:
    """Regression: the mean error, in standard deviations of the target."""

    def parts(target: np.ndarray, scores: np.ndarray) -> np.ndarray:
        scale = deviation if deviation > 0 else np.nan
        return np.column_stack([(scores - target) / scale, np.ones(len(target))])

    return Rates(("mean_error",), {"mean_error": ("mean_error",)}, parts)
