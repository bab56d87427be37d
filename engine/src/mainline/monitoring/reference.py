"""What the watched model was made of: its training rows, test rows, scores and figures."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from mainline.data.split import assign
from mainline.monitoring.watched import Watched
from mainline.packaging.settings import operations
from mainline.process.imports import importing

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Reference:
    """Each property is computed once, at first use: without scores no TensorFlow is loaded.

    A property raises OutOfReachError when the bytes are in no reachable place, MainlineError when
    they are damaged.
    """

    watched: Watched

    @cached_property
    def _parts(self) -> "dict[str, pd.DataFrame]":
        table = self.watched.champion.table()
        parts = np.asarray(assign(table, self.watched.table, self.watched.split))
        return {part: table[parts == part] for part in ("train", "test")}

    @property
    def train(self) -> "pd.DataFrame":
        """Its training rows, with all columns of the table."""
        return self._parts["train"]

    @property
    def test(self) -> "pd.DataFrame":
        """Its test rows, with all columns of the table."""
        return self._parts["test"]

    @cached_property
    def scores(self) -> np.ndarray:
        """Its scores of the test rows, float64 (rows,), multiclass (rows, classes)."""
        with importing():
            from mainline.packaging.saved_model import Scorer  # noqa: PLC0415  imports TensorFlow

        with self.watched.champion.model() as directory:
            scorer = Scorer(directory, operations(self.watched.root))
        return scorer.score(self.test[self.watched.table.features])

    @cached_property
    def figures(self) -> dict[str, Any]:
        """`metrics/evaluation.json` of its commit."""
        return self.watched.champion.evaluation()
