"""What a task has to know so that one gate, one comment and one card serve them all."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from mainline.core.table import TaskName
from mainline.evaluation import names
from mainline.evaluation.interval import Estimate, reach
from mainline.evaluation.names import Figure
from mainline.evaluation.rows import Rows
from mainline.evaluation.settings import EvaluationSettings


class Task(ABC):
    """One kind of target. `scores` are what the model says: (rows,), multiclass (rows, classes).

    The leading figure is known by every row's influence on it, so that intervals and paired
    differences are computed in one way for all tasks.
    """

    name: ClassVar[TaskName]
    bounds: ClassVar[tuple[float, float]]  # of the leading figure
    spread: ClassVar[tuple[float, float]]  # of a difference between two leading figures
    needs: ClassVar[str]  # what rows must have to be judged on: "… rows {needs}"
    wanting: ClassVar[str]  # why rows may have no leading figure
    method: ClassVar[str]  # how two models are compared
    extra: tuple[str, ...] = ()  # figures beside those that have bars
    columns: ClassVar[Mapping[str, list[str]]]  # of each curve

    @property
    def leading(self) -> Figure:
        """The figure that comparisons are about; more is better."""
        return names.leading(self.name)

    @property
    def names(self) -> tuple[str, ...]:
        """Every figure that a bar can name, the leading one first."""
        return names.names(self.name)

    @abstractmethod
    def complete(self, target: np.ndarray) -> bool:
        """Are there rows of every class, or of unlike amounts?"""

    @abstractmethod
    def judgeable(self, target: np.ndarray, scores: np.ndarray) -> bool:
        """Is the target complete, and every score possible? A NaN never is."""

    @abstractmethod
    def influences(self, target: np.ndarray, scores: np.ndarray) -> tuple[float, np.ndarray]:
        """The leading figure and every row's influence on it (rows,); NaN when there is none."""

    @abstractmethod
    def strata(self, target: np.ndarray) -> np.ndarray:
        """Numbers (rows,) of the parts of the rows that a variance is corrected in."""

    @abstractmethod
    def curves(self, target: np.ndarray, scores: np.ndarray) -> dict[str, pd.DataFrame]:
        """Small tables for plots; without rows when the scores cannot be judged."""

    @abstractmethod
    def _others(
        self, rows: Rows, scores: np.ndarray, settings: EvaluationSettings
    ) -> dict[str, Estimate]:
        """Every figure but the leading one, of scores that can be judged."""

    def size(self, _target: np.ndarray) -> float:
        """How large scores are, to which rounding is in proportion: 1 for probabilities."""
        return 1.0

    def written(self, curve: pd.DataFrame) -> pd.DataFrame:
        """A curve with as many digits as its file has."""
        return curve.round(5)

    def details(self, _target: np.ndarray, _scores: np.ndarray) -> dict[str, Any]:
        """What a reviewer may want beside figures, for a JSON file."""
        return {}

    def lead(self, rows: Rows, scores: np.ndarray, confidence: float) -> Estimate:
        """The leading figure with its interval."""
        value, influence = self.influences(rows.target, scores)
        half = reach(influence, self.strata(rows.target), rows.clusters, confidence)
        return Estimate.around(value, half, self.bounds)

    def difference(
        self, rows: Rows, scores: np.ndarray, other: np.ndarray, confidence: float
    ) -> Estimate:
        """The leading figure of `scores` minus that of `other` on the same rows.

        Rows on which both agree cancel, so the interval is much narrower than two intervals side
        by side; for equal scores it is exactly (0, 0, 0).
        """
        value, influence = self.influences(rows.target, scores)
        other_value, other_influence = self.influences(rows.target, other)
        strata = self.strata(rows.target)
        half = reach(influence - other_influence, strata, rows.clusters, confidence)
        return Estimate.around(value - other_value, half, self.spread)

    def figures(
        self, rows: Rows, scores: np.ndarray, settings: EvaluationSettings
    ) -> dict[str, Estimate]:
        """Every figure of `names` and `extra`, each with its interval.

        When the scores cannot be judged every figure is NaN: whoever reads them has to fail closed.
        """
        wanted = (*self.names, *self.extra)
        if not self.judgeable(rows.target, scores):
            return dict.fromkeys(wanted, Estimate.none())
        found = self._others(rows, scores, settings)
        found[self.leading.name] = self.lead(rows, scores, settings.confidence)
        return {name: found[name] for name in wanted}

    def plain(self, found: Mapping[str, Estimate]) -> dict[str, Any]:
        """Figures for a JSON file."""
        return {name: figure.rounded(unit=self.in_unit(name)) for name, figure in found.items()}

    def in_unit(self, key: str) -> bool:
        """Whether a dotted key of the JSON file is about a figure in the target's own unit."""
        units = {figure.name for figure in names.FIGURES[self.name] if figure.unit}
        return not units.isdisjoint(key.split("."))

    def nothing(self) -> dict[str, pd.DataFrame]:
        """The curves of scores that cannot be judged."""
        return {name: pd.DataFrame(columns=columns) for name, columns in self.columns.items()}
