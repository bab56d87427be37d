"""What a project's own tests use: its network and features, trained on a few rows and served."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mainline.core import config
from mainline.core.table import TableSettings
from mainline.data.conversion import typed
from mainline.data.settings import DataSettings
from mainline.model import runtime, train
from mainline.model.design import Design
from mainline.model.settings import TrainSettings
from mainline.model.trained import Trained
from mainline.packaging.saved_model import Scorer, export
from mainline.packaging.settings import operations


@dataclass(frozen=True)
class Fitted:
    """A trained model, the loss of each epoch, and the typed rows that it has seen.

    `operations` are what `gate.operations` allows.
    """

    model: Trained
    losses: list[float]
    rows: pd.DataFrame
    operations: frozenset[str] = frozenset()

    def score(self, rows: pd.DataFrame) -> np.ndarray:
        """Scores as the trained network gives them, (rows,) or (rows, classes)."""
        return self.model.score(rows)

    def served(self, rows: pd.DataFrame, directory: Path) -> np.ndarray:
        """Scores of the same model after it was saved in `directory` and loaded again."""
        export(self.model, directory)
        return Scorer(directory, self.operations).score(rows)


def fit(root: Path, rows: pd.DataFrame, **changes: Any) -> Fitted:
    """Train the project's network on `rows`, as a source gives them; a quarter is held out.

    `changes` replace settings of the section `train`, such as `epochs`. Raises MainlineError as the
    stages do.
    """
    table = config.section(root, "table", TableSettings)
    data = config.section(root, "data", DataSettings)
    values = config.read_params(root)["train"] | changes
    settings = config.parse(TrainSettings, values, name="params.yaml", prefix=("train",))
    frame = typed(rows, table, data.as_of)
    held_out = np.arange(len(frame)) % 4 == 0
    runtime.deterministic(settings.seed)
    design = Design.of(root, table, settings)
    model, curve = train.fit(frame[~held_out], frame[held_out], table, design)
    return Fitted(model, curve["loss"].tolist(), frame, operations(root))
