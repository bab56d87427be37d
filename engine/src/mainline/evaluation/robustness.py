"""Robustness: how far the leading figure falls when inputs are noisy, missing or unknown.

All variants use the same rows, so a fall is a paired difference with an interval.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mainline.evaluation.importance import Score, Step
from mainline.evaluation.interval import Estimate

STRANGE = "never seen in training"
EVERY = "every category"

Changed = dict[str, pd.Series]  # values of the columns that are worse
Fall = Callable[[np.ndarray, np.ndarray], Estimate]  # from scores (rows, ...) to those of a variant


def deviations(train: pd.DataFrame, numbers: Sequence[str]) -> dict[str, float]:
    """The standard deviation of each number over its known values; 0 for fewer than two."""
    known = {name: train[name].replace([np.inf, -np.inf], np.nan) for name in numbers}
    return {name: float(np.nan_to_num(values.std(ddof=0))) for name, values in known.items()}


def section(
    score: Score,
    scores: np.ndarray,
    fall: Fall,
    variants: Iterator[tuple[str, str, Changed]],
    step: Step = lambda: None,
) -> dict[str, Any]:
    """The fall of the leading figure for each of `variants`, by kind and name, for a JSON file.

    `scores` are those of the unchanged rows. `step` is called after each variant.
    """
    found: dict[str, Any] = {"rows": len(scores)}
    for kind, name, changed in variants:
        found.setdefault(kind, {})[name] = fall(scores, score(changed)).rounded()
        step()
    return found


def count(numbers: Sequence[str], categories: Sequence[str], levels: Sequence[float]) -> int:
    """How many `variants` there are."""
    return (len(levels) if numbers else 0) + len(numbers) + len(categories) + bool(categories)


def variants(
    frame: pd.DataFrame,
    spread: dict[str, float],
    categories: Sequence[str],
    levels: Sequence[float],
    seed: int,
) -> Iterator[tuple[str, str, Changed]]:
    """Kind, name and changed columns.

    They are `noise` of each level, each column `missing`, all categories `unknown`.
    Noise is Gaussian, with `levels` times the column's deviation in `spread`. All levels use the
    same random numbers. Missing values stay missing.
    """
    drawn = {
        name: np.random.default_rng([seed, *name.encode()]).standard_normal(len(frame)) * deviation
        for name, deviation in spread.items()
    }
    for level in levels if spread else ():
        noisy = {name: frame[name] + level * noise for name, noise in drawn.items()}
        yield "noise", f"{level:g}", noisy
    for name in spread:
        yield "missing", name, {name: pd.Series(np.nan, index=frame.index)}
    for name in categories:
        yield "missing", name, {name: _texts(None, frame)}
    if categories:
        yield "unknown", EVERY, dict.fromkeys(categories, _texts(STRANGE, frame))


def _texts(value: str | None, frame: pd.DataFrame) -> pd.Series:
    return pd.Series(value, index=frame.index, dtype="str")
