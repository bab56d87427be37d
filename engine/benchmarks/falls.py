"""Labelled rows whose ROC AUC is known, and what the watch says of them beside those at release."""

import numpy as np
import rows as made_up
from scipy.special import ndtri

from mainline.evaluation import tasks
from mainline.evaluation.rows import Rows
from mainline.evaluation.settings import EvaluationSettings
from mainline.monitoring.fall import Part
from mainline.monitoring.quality import Judge
from mainline.params.gate import GateSettings
from mainline.params.monitoring import MonitoringSettings

AUC, RATE = 0.80, 0.1  # at release
TEST = 15_000  # rows
GATE = GateSettings.model_validate(
    {
        "bars": {},
        "champion": {"margin": 0.01},
        "baseline": {"margin": 0.01},
        "slices": {"largest_gap": 0.1, "min_rows": 100},
        "size_mb": 50,
    }
)
TASK = tasks.of(made_up.contract(1, 1))
EVALUATION = EvaluationSettings(threshold=0.5, resamples=100)


def alarms(seed: int, rows: int, auc: float) -> list[str]:
    """The names of what alarms in a window whose model has this ROC AUC now."""
    now, then = part([seed, 2], rows, auc), part([seed, 1], TEST, AUC)
    judge = Judge(TASK, GATE, EVALUATION, MonitoringSettings().quality.alpha)
    return [each.name for each in judge.findings(now, then) if each.status == "alarm"]


def part(seed: list[int], rows: int, auc: float) -> Part:
    """Scores of two normal distributions, each row an entity."""
    rng = np.random.default_rng(seed)
    target = (rng.random(rows) < RATE).astype(np.int8)
    apart = np.sqrt(2) * ndtri(auc)
    scores = 1 / (1 + np.exp(-rng.normal(0, 1, rows) - apart * target))
    return Part(Rows(target, np.arange(rows)), scores, {})
