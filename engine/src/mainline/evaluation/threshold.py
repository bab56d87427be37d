"""Chooses the threshold with the lowest cost, when mistakes have a price.

It is chosen on validation rows, so that test rows stay independent. All distinct thresholds are
tried, in O(n log n). Of equally cheap ones the highest is taken, so that fewer rows are called
positive. The result is the shortest decimal number that divides the rows in the same way: it is
readable, and it stays the same when scores change in their last digits.
"""

from collections.abc import Callable

import numpy as np

from mainline.evaluation.settings import CostSettings, EvaluationSettings

NOBODY = 2.0  # larger than any probability: calls no row positive


def settled(
    settings: EvaluationSettings,
    validation: Callable[[], tuple[np.ndarray, np.ndarray]],
    *,
    wish: float | None = None,
    tolerance: float = 0.0,
) -> EvaluationSettings:
    """The settings with the threshold that their costs choose on the validation rows.

    `validation` returns target and scores; it is called only when there are costs. The threshold is
    None when none can be chosen.
    """
    if settings.costs is None:
        return settings
    found = choose(*validation(), settings.costs, wish=wish, tolerance=tolerance)
    return settings.model_copy(update={"threshold": None if np.isnan(found) else found})


def choose(
    target: np.ndarray,
    scores: np.ndarray,
    costs: CostSettings,
    *,
    wish: float | None = None,
    tolerance: float = 0.0,
) -> float:
    """The cheapest threshold for `scores` (rows,) of rows whose `target` is 0 or 1.

    `wish` is returned instead if its extra cost per row is at most `tolerance` times the costliest
    mistake: on another CPU the last digits of scores differ, which may change the order of two
    equally good thresholds. NaN when a class has no rows or a score is not a number.
    """
    positive = target == 1
    if not 0 < positive.sum() < len(target) or not np.isfinite(scores).all():
        return float("nan")
    ordered = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(scores[ordered]) != 0, True))
    hits = np.append(0, np.cumsum(positive[ordered])[ends])  # the first cut calls no row positive
    called = np.append(0, ends + 1)
    total = _total(hits, called, target, costs)
    best = int(np.argmin(total))
    if wish is not None:
        asked = scores >= wish
        price = _total((asked & positive).sum(), asked.sum(), target, costs)
        if price - total[best] <= tolerance * costs.stake * len(target):
            return wish
    levels = scores[ordered][ends]
    if best == 0:
        return _between(float(levels[0]), 1.0) if levels[0] < 1 else NOBODY
    if best == len(ends):
        return 0.0
    return _between(float(levels[best]), float(levels[best - 1]))


def _total(
    hits: np.ndarray, called: np.ndarray, target: np.ndarray, costs: CostSettings
) -> np.ndarray:
    """The total cost when `called` rows are called positive and `hits` of these are positive."""
    positives = int((target == 1).sum())
    negatives, false = len(target) - positives, called - hits
    return np.asarray(
        costs.true_positive * hits
        + costs.false_negative * (positives - hits)
        + costs.false_positive * false
        + costs.true_negative * (negatives - false)
    )


def _between(low: float, high: float) -> float:
    """The shortest decimal number in (`low`, `high`], near the middle."""
    middle = low + (high - low) / 2
    for digits in range(1, 17):
        found = round(middle, digits)
        if low < found <= high:
            return found
    return high
