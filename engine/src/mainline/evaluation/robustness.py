"""Robustness: how far the leading figure falls when inputs are noisy, missing or unknown.

All variants use the same rows, so a fall is a paired difference with an interval.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mainline.evaluation.importance import Score
from mainline.evaluation.interval import Estimate

STRANGE = "never seen in training"
EVERY = "every category"

Fall = Callable[[np.ndarray, np.ndarray], Estimate]  # from scores (rows, ...) to those of a variant


def deviations(train: pd.DataFrame, numbers: Sequence[str]) -> dict[str, float]:
    """The standard deviation of each number over its known values; 0 for fewer than two."""
    known = {name: train[name].replace([np.inf, -np.inf], np.nan) for name in numbers}
    return {name: float(np.nan_to_num(values.std(ddof=0))) for name, values in known.items()}


def section(
    score: Score,
    frame: pd.DataFrame,
    scores: np.ndarray,
    fall: Fall,
    variants: Iterator[tuple[str, str, pd.DataFrame]],
) -> dict[str, Any]:
    """The fall of the leading figure for each of `variants`, by kind and name, for a JSON file.

    `scores` are those of the unchanged `frame`.
    """
    found: dict[str, Any] = {"rows": len(frame)}
    for kind, name, changed in variants:
        found.setdefault(kind, {})[name] = fall(scores, score(changed)).rounded()
    return found


def variants(
    frame: pd.DataFrame,
    spread: dict[str, float],
    categories: Sequence[str],
    levels: Sequence[float],
    seed: int,
) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Kind, name and rows: `noise` of each level, each column `missing`, all categories `unknown`.

    Noise is Gaussian, with `levels` times the column's deviation in `spread`. All levels use the
    same random numbers. Missing values stay missing.
    """
    drawn = {
        name: np.random.default_rng([seed, *name.encode()]).standard_normal(len(frame)) * deviation
        for name, deviation in spread.items()
    }
    for level in levels if spread else ():
        noisy = {name: frame[name] + level * noise for name, noise in drawn.items()}
        yield "noise", f"{level:g}", frame.assign(**noisy)
    for name in spread:
        yield "missing", name, frame.assign(**{name: np.nan})
    for name in categories:
        yield "missing", name, frame.assign(**{name: _texts(None, frame)})
    if categories:
        strange = dict.fromkeys(categories, _texts(STRANGE, frame))
        yield "unknown", EVERY, frame.assign(**strange)


def _texts(value: str | None, frame: pd.DataFrame) -> pd.Series:
    return pd.Series(value, index=frame.index, dtype="str")
