"""How well two models know the customers of a month: those that neither was trained on."""

from datetime import date
from pathlib import Path

import pandas as pd

from mainline.core.layout import Layout
from mainline.core.table import TableSettings
from mainline.evaluation import auc
from mainline.packaging.settings import operations
from mainline.process.imports import importing


def figures(root: Path, table: TableSettings, before: Path, month: date) -> tuple[float, float]:
    """ROC AUC on the month's test rows: of the model in `before`, and of the one in `root` now."""
    with importing():
        from mainline.packaging.saved_model import Scorer  # noqa: PLC0415  imports TensorFlow

    rows = pd.read_parquet(Layout(root).split / "test.parquet")
    rows = rows[pd.to_datetime(rows[table.time]).eq(pd.Timestamp(month))]
    positive = rows[table.target].to_numpy() == 1
    found = []
    for directory in (before, Layout(root).saved_model):
        scores = Scorer(directory, operations(root)).score(rows[table.features])
        found.append(float(auc.influences(positive, scores)[0]))
    return found[0], found[1]
