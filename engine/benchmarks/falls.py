"""Labelled rows whose ROC AUC is known, and what the watch says of them beside those at release."""

import numpy as np
import pandas as pd
import rows as made_up
from scipy.special import ndtri

from mainline.evaluation import tasks
from mainline.evaluation.rows import Rows
from mainline.evaluation.settings import EvaluationSettings
from mainline.monitoring import concept
from mainline.monitoring.fall import Part
from mainline.monitoring.quality import Judge
from mainline.params.gate import GateSettings
from mainline.params.monitoring import MonitoringSettings

AUC, RATE = 0.80, 0.1  # at release
TEST = 15_000  # rows
START, WEEKS = pd.Timestamp("2026-06-01", tz="UTC"), 8
SETTINGS = MonitoringSettings()
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
    judge = Judge(TASK, GATE, EVALUATION, SETTINGS.quality.alpha)
    return [each.name for each in judge.findings(now, then) if each.status == "alarm"]


def quiet(seed: int, rows: int) -> list[str]:
    """The same of a model as good as at release, with slices, and concept every fortnight."""
    now, then = (in_slices(part([seed, n], size, AUC), seed) for n, size in ((2, rows), (1, TEST)))
    judge = Judge(TASK, GATE, EVALUATION, SETTINGS.quality.alpha)
    found = list(judge.findings(now, then))
    margin = GATE.champion.margin
    watch = concept.Judge(TASK, margin, SETTINGS.quality.alpha, SETTINGS.min_rows)
    times = pd.Series(START + pd.to_timedelta(np.arange(rows) * WEEKS * 7 // rows, unit="D"))
    for week in range(2, WEEKS + 1, 2):
        mask = (times < START + pd.Timedelta(weeks=week)).to_numpy()
        some = Part(now.rows[mask], now.scores[mask], {})
        found.append(watch.finding(times[mask].reset_index(drop=True), some, then))
    return [each.name for each in found if each.status == "alarm"]


def in_slices(rows: Part, seed: int) -> Part:
    """With slices of a half, a third and a tenth of the rows, by chance."""
    rng = np.random.default_rng([seed, len(rows.rows)])
    drawn = rng.random(len(rows.rows))
    return Part(rows.rows, rows.scores, {f"1 in {n}": drawn < 1 / n for n in (2, 3, 10)})


def part(seed: list[int], rows: int, auc: float) -> Part:
    """Scores of two normal distributions, each row an entity."""
    rng = np.random.default_rng(seed)
    target = (rng.random(rows) < RATE).astype(np.int8)
    apart = np.sqrt(2) * ndtri(auc)
    scores = 1 / (1 + np.exp(-rng.normal(0, 1, rows) - apart * target))
    return Part(Rows(target, np.arange(rows)), scores, {})
