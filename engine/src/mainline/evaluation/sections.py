"""The further sections of the figures file: costs, fairness, robustness and importance."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from mainline.core.progress import Progress
from mainline.core.table import TableSettings
from mainline.evaluation import (
    costs,
    fairness,
    robustness,
    sample,
    slices,
    tasks,
)
from mainline.evaluation.importance import Model, of_model
from mainline.evaluation.rates import Rates, called, leaning, right
from mainline.evaluation.rows import Rows
from mainline.evaluation.settings import EvaluationSettings


class Asked:
    """A model and its test rows.

    `model` scores any rows, `scores` are those of `test`; `train` says how far numbers
    spread. A threshold that costs choose has to stand in `settings` already. Progress names the
    `stage`.
    """

    def __init__(
        self,
        model: Model,
        test: pd.DataFrame,
        scores: np.ndarray,
        train: Callable[[], pd.DataFrame],
        table: TableSettings,
        *,
        stage: str = "evaluate",
    ) -> None:
        self.model, self.test, self.scores, self.table = model, test, scores, table
        self.train, self.stage = train, stage
        self.columns = len(table.features) + len(model.derived)
        self.task = tasks.of(table)
        self.rows = Rows.of(test[table.target], test[table.entity])

    def sections(self, settings: EvaluationSettings) -> dict[str, Any]:
        """All sections, ready for a JSON file."""
        return {
            **self.costs(settings),
            **self.fairness(settings),
            "robustness": self.robustness(settings),
            "importance": self.importance(settings),
        }

    def costs(self, settings: EvaluationSettings) -> dict[str, Any]:
        """The section `costs`; empty without prices."""
        if settings.costs is None:
            return {}
        threshold = np.nan if settings.threshold is None else settings.threshold
        found = costs.section(self.rows, self.scores, threshold, settings.costs, settings)
        return {"costs": found}

    def fairness(self, settings: EvaluationSettings) -> dict[str, Any]:
        """The section `fairness`; empty without sensitive columns."""
        named = settings.fairness.columns
        rates = self._rates(settings)
        groups = {
            name: dict(slices.masks(self.test, {name: settings.slices[name]})) for name in named
        }
        found = {
            name: fairness.section(self.rows, self.scores, masks, rates, settings)
            for name, masks in groups.items()
        }
        return {"fairness": found} if found else {}

    def _rates(self, settings: EvaluationSettings) -> Rates:
        if self.task.name == "multiclass":
            return right()
        if self.task.name == "regression":
            return leaning(float(self.rows.target.std()) if len(self.rows) else np.nan)
        return called(np.nan if settings.threshold is None else settings.threshold)

    def robustness(self, settings: EvaluationSettings) -> dict[str, Any]:
        """The falls of the leading figure on worse inputs."""
        numbers, categories, levels = (
            self.table.numbers,
            self.table.categories,
            settings.robustness.noise,
        )
        some = self._some(settings, 1)
        rows = Rows.of(self.rows.target[some], self.rows.clusters[some])
        frame = self.test.iloc[some][self.table.features]
        spread = robustness.deviations(self.train(), numbers)
        count = robustness.count(numbers, categories, levels)
        with Progress(self.stage, "worse inputs", count, last=False) as progress:
            return robustness.section(
                self.model.prepared(frame),
                self.scores[some],
                lambda scores, worse: self.task.difference(
                    rows, scores, worse, settings.confidence
                ),
                robustness.variants(frame, spread, categories, levels, settings.seed),
                progress.step,
            )

    def importance(self, settings: EvaluationSettings) -> dict[str, Any]:
        """The importance of each column for the leading figure."""
        repeats = sample.shuffles(settings.shuffles, self.columns)
        some = self._some(settings, repeats)
        with Progress(self.stage, "columns shuffled", self.columns, last=False) as progress:
            found = of_model(
                self.model,
                self.test.iloc[some][self.table.features],
                self.rows.target[some],
                lambda target, scores: self.task.influences(target, scores)[0],
                columns=self.table.features,
                seed=settings.seed,
                repeats=repeats,
                step=progress.step,
            )
        columns = {name: each.rounded() for name, each in found.items()}
        return {"rows": len(some), "shuffles": repeats, "columns": columns}

    def _some(self, settings: EvaluationSettings, repeats: int) -> np.ndarray:
        most = sample.bounded(settings.sample, self.columns, repeats)
        return sample.places(len(self.test), most, settings.seed)
