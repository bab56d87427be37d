"""How far the leading figure of some rows lies below that of the released model's test rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from mainline.evaluation import slices
from mainline.evaluation.interval import reach
from mainline.evaluation.rows import Rows
from mainline.evaluation.settings import EvaluationSettings
from mainline.evaluation.tasks import Task
from mainline.monitoring.counting import HASHED

MOST = 50  # slices of a column
CONFIDENCE = 0.95  # of the interval from which a standard error is taken


@dataclass(frozen=True)
class Part:
    """Rows with the scores that they got, and the slices of these rows as boolean (rows,)."""

    rows: Rows
    scores: np.ndarray
    slices: Mapping[str, np.ndarray]

    @classmethod
    def cut(
        cls, frame: pd.DataFrame, rows: Rows, scores: np.ndarray, evaluation: EvaluationSettings
    ) -> "Part":
        """The largest slices, `MOST` of each column that the frame has fit for its bounds.

        A log may leave a column out, have hashes of it, or have it as another type.
        """
        cut: dict[str, np.ndarray] = {}
        for name, bounds in evaluation.slices.items():
            if name in frame.columns and _fit(frame[name], bounds):
                found = dict(slices.masks(frame, {name: bounds}))
                largest = sorted(found, key=lambda each: -int(found[each].sum()))[:MOST]
                cut |= {each: mask for each, mask in found.items() if each in largest}
        return cls(rows, scores, cut)

    def only(self, names: Iterable[str]) -> "Part":
        """With slices of some names alone."""
        known = set(names)
        kept = {name: mask for name, mask in self.slices.items() if name in known}
        return Part(self.rows, self.scores, kept)

    def of(self, name: str) -> "Part":
        """One slice; without rows when there is no such value."""
        mask = self.slices.get(name, np.zeros(len(self.rows), bool))
        return Part(self.rows[mask], self.scores[mask], {})

    def error(self, task: Task) -> tuple[float, float]:
        """The leading figure and its standard error; NaN when it cannot be computed."""
        if not task.judgeable(self.rows.target, self.scores):
            return float("nan"), float("nan")
        value, influence = task.influences(self.rows.target, self.scores)
        strata = task.strata(self.rows.target)
        half = reach(influence, strata, self.rows.clusters, CONFIDENCE)
        return value, float(half / norm.ppf(0.5 + CONFIDENCE / 2))


@dataclass(frozen=True)
class Fall:
    """The figure at release minus the figure now, with its standard error."""

    value: float
    released: float
    error: float

    @classmethod
    def between(cls, task: Task, now: Part, then: Part) -> "Fall":
        """Of two groups of rows that are taken as independent."""
        ours, theirs = now.error(task), then.error(task)
        return cls(theirs[0] - ours[0], theirs[0], float(np.hypot(ours[1], theirs[1])))

    @property
    def known(self) -> bool:
        """Whether it could be computed."""
        return bool(np.isfinite([self.value, self.error]).all())

    def real(self, margin: float, z: float) -> bool:
        """Whether it is larger than the margin, and larger than `z` standard errors."""
        return bool(self.value > margin and self.value > z * self.error)

    def details(self, margin: float, z: float) -> dict[str, Any]:
        """Plain values for a finding."""
        low, high = self.value - z * self.error, self.value + z * self.error
        fall = {"value": self.value, "low": low, "high": high}
        return {
            "released": round(self.released, 6),
            "fall": {name: round(each, 6) for name, each in fall.items()},
            "margin": margin,
        }

    def sentence(self, margin: float, z: float) -> str:
        """For a person."""
        side = "below" if self.value > 0 else "above"
        said = f"It is {abs(self.value):.4f} {side} the release's {self.released:.4f}"
        if self.real(margin, z):
            said += f": more than the margin {margin:g} and more than chance"
        return f"{said}."


def _fit(values: pd.Series, bounds: list[float] | None) -> bool:
    """Whether slices can be cut: numbers need bounds, and of hashes the values are unknown."""
    if pd.api.types.is_numeric_dtype(values.dtype):
        return bool(bounds)
    text = values.dropna().astype("str")
    return not bounds and not (len(text) and text.str.fullmatch(HASHED).all())
