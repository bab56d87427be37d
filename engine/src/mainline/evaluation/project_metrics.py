"""The project's own figures: every public function of its metrics.py."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mainline import project
from mainline.core.table import TaskName
from mainline.evaluation import names
from mainline.evaluation.interval import Estimate
from mainline.evaluation.rows import Rows, resampled
from mainline.evaluation.settings import EvaluationSettings
from mainline.project import Function

MODULE = "metrics"


@dataclass(frozen=True)
class Metrics:
    """Functions of a target (rows,) and scores, (rows,) or for several classes (rows, classes)."""

    functions: tuple[Function, ...] = ()

    @classmethod
    def of(cls, root: Path, task: TaskName) -> "Metrics":
        """Those of the project. Raises SettingsError when one does not fit or has a taken name."""
        found = project.functions(root, MODULE, ("target", "scores"))
        for function in found:
            if function.name in names.names(task):
                raise function.wrong(
                    "has the name of a figure of the engine.",
                    found=function.name,
                    expected="another name",
                )
        return cls(tuple(found))

    @property
    def about(self) -> dict[str, str]:
        """The names, each with the first line of its docstring."""
        return {function.name: function.about for function in self.functions}

    def figures(
        self, rows: Rows, scores: np.ndarray, settings: EvaluationSettings
    ) -> dict[str, Any]:
        """Each with its interval, for a JSON file; null where it is not a number.

        The interval resamples entities. With more rows than `settings.sample` there is none: a
        function may take long. Raises SettingsError naming one that returns something else.
        """
        if not self.functions or not len(rows) or not np.isfinite(scores).all():
            return {name: Estimate.none().rounded() for name in self.about}
        ready = {each.name: _weighted(each, rows.target, scores) for each in self.functions}
        if len(rows) > settings.sample:
            whole = np.ones(len(rows))
            found = {name: Estimate(of(whole), *[float("nan")] * 2) for name, of in ready.items()}
        else:
            found = resampled(rows, np.ones((len(rows), 1)), lambda _: {}, settings, ready)
        return {name: each.rounded(unit=True) for name, each in found.items()}


NONE = Metrics()


def _weighted(
    function: Function, target: np.ndarray, scores: np.ndarray
) -> Callable[[np.ndarray], float]:
    """The figure of rows that stand as often as whole weights (rows,) say."""

    def figure(weights: np.ndarray) -> float:
        places = np.repeat(np.arange(len(target)), weights.astype(np.int64))
        found = function(target=target[places], scores=scores[places])
        if isinstance(found, bool | np.bool_) or not isinstance(
            found, int | float | np.integer | np.floating
        ):
            shown = "nothing" if found is None else f"a {type(found).__name__}"
            raise function.wrong(
                "returns no number.",
                found=shown,
                expected="a float, NaN when there is none",
            )
        return float(found)

    return figure
