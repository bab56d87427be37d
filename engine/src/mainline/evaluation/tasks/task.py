"""The interface of a task, which gate, comment and card use."""

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
    """One kind of target. `scores` are the model's outputs: (rows,), multiclass (rows, classes).

    The leading figure comes with every row's influence on it, so intervals and paired differences
    are computed in the same way for all tasks.
    """

    name: ClassVar[TaskName]
    bounds: ClassVar[tuple[float, float]]  # of the leading figure
    spread: ClassVar[tuple[float, float]]  # of a difference between two leading figures
    needs: ClassVar[str]  # the rows that a comparison needs: "… rows {needs}"
    wanting: ClassVar[str]  # possible reasons for a missing leading figure
    method: ClassVar[str]  # how two models are compared
    extra: tuple[str, ...] = ()  # further figures, which bars cannot name
    columns: ClassVar[Mapping[str, list[str]]]  # of each curve

    @property
    def leading(self) -> Figure:
        """The figure that comparisons use; more is better."""
        return names.leading(self.name)

    @property
    def names(self) -> tuple[str, ...]:
        """Every figure that a bar can name, the leading one first."""
        return names.names(self.name)

    @abstractmethod
    def complete(self, target: np.ndarray) -> bool:
        """Whether every class has rows, or targets differ."""

    @abstractmethod
    def judgeable(self, target: np.ndarray, scores: np.ndarray) -> bool:
        """Whether the target is complete and every score is valid. NaN is not valid."""

    @abstractmethod
    def influences(self, target: np.ndarray, scores: np.ndarray) -> tuple[float, np.ndarray]:
        """The leading figure and every row's influence on it, (rows,); NaN without a figure."""

    @abstractmethod
    def strata(self, target: np.ndarray) -> np.ndarray:
        """The stratum number of each row, (rows,). Variances are corrected for each stratum."""

    @abstractmethod
    def curves(self, target: np.ndarray, scores: np.ndarray) -> dict[str, pd.DataFrame]:
        """Small tables for plots; empty when the scores cannot be judged."""

    @abstractmethod
    def _others(
        self, rows: Rows, scores: np.ndarray, settings: EvaluationSettings
    ) -> dict[str, Estimate]:
        """All figures except the leading one, for scores that can be judged."""

    def size(self, _target: np.ndarray) -> float:
        """The size of scores, to which rounding errors are proportional: 1 for probabilities."""
        return 1.0

    def written(self, curve: pd.DataFrame) -> pd.DataFrame:
        """A curve, rounded as in its file."""
        return curve.round(5)

    def details(self, _target: np.ndarray, _scores: np.ndarray) -> dict[str, Any]:
        """Further details for a JSON file."""
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

        The difference is paired, so its interval is much narrower than two separate intervals. For
        equal scores it is exactly (0, 0, 0).
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

        When the scores cannot be judged, every figure is NaN; rules on NaN must fail closed.
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
        """Whether a dotted key of the JSON file belongs to a figure in the target's own unit."""
        units = {figure.name for figure in names.FIGURES[self.name] if figure.unit}
        return not units.isdisjoint(key.split("."))

    def nothing(self) -> dict[str, pd.DataFrame]:
        """Empty curves, for scores that cannot be judged."""
        return {name: pd.DataFrame(columns=columns) for name, columns in self.columns.items()}
