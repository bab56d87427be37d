"""Models of a few arrays, for rules that read no file."""

from types import SimpleNamespace

import numpy as np

from mainline.evaluation import tasks
from mainline.evaluation.evaluate import judge
from mainline.evaluation.project_metrics import NONE
from mainline.evaluation.rows import Rows
from mainline.params.gate import BaselineSettings, GateSettings

GATE = {
    "bars": {},
    "champion": {"margin": 0.01},
    "baseline": {"margin": 0.01},
    "slices": {"largest_gap": 0.2, "min_rows": 50},
    "size_mb": 2,
}


def gate(**bars):
    return GateSettings.model_validate(GATE | {"bars": bars})


def measured(margin, evaluation):
    """Bars as the baseline rule reads them."""
    settings = SimpleNamespace(baseline=BaselineSettings(margin=margin))
    return SimpleNamespace(gate=settings, evaluation=evaluation, trees="the same")


def model(frame, table, scores, trees, evaluation, size=1_000_000):
    """A candidate whose rows are all test rows."""
    return SimpleNamespace(
        frame=frame,
        task=tasks.of(table),
        metrics=NONE,
        is_test=np.ones(len(frame), dtype=bool),
        rows=Rows.of(frame["y"], frame["id"]),
        scores=scores,
        baseline_scores=trees,
        train=SimpleNamespace(baseline="the same"),
        image=SimpleNamespace(size=size),
        figures=judge(frame, scores, trees, table, evaluation),
    )
