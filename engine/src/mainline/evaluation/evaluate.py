"""Stage `evaluate`: the trained network and its baseline on the test rows."""

from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd

from mainline.core import config, parquet
from mainline.core.errors import MainlineError
from mainline.core.files import write_json, write_text
from mainline.core.layout import Layout
from mainline.core.progress import say
from mainline.core.table import TableSettings
from mainline.core.target import about
from mainline.evaluation import candidates, slices, tasks, threshold
from mainline.evaluation.names import BIAS
from mainline.evaluation.project_metrics import NONE, Metrics
from mainline.evaluation.rows import Rows
from mainline.evaluation.sections import Asked
from mainline.evaluation.settings import EvaluationSettings
from mainline.evaluation.tasks import Task
from mainline.model import baseline, runtime, trained


def run(root: Path) -> None:
    """Write `Layout.figures` and the curves. A figure that cannot be computed is null."""
    settings = config.section(root, "evaluation", EvaluationSettings)
    table = config.section(root, "table", TableSettings)
    test = parquet.read_part(root, "test", table.columns)
    runtime.deterministic(settings.seed)
    say("evaluate", f"{len(test):,} test rows, {settings.resamples} resamples by entity")
    model = trained.load(root, table)
    scores = model.score(test)
    trees = baseline.score(_baseline(root), test, table)
    settings = threshold.settled(settings, lambda: _validation(root, table))
    asked = Asked(model, test, scores, lambda: parquet.read_part(root, "train"), table)
    task = tasks.of(table)
    own = Metrics.of(root, task.name)
    judged = judge(test, scores, trees, table, settings, own=own) | asked.sections(settings)
    for name, curve in task.curves(test[table.target].to_numpy(), scores).items():
        text = task.written(curve).to_csv(index=False, lineterminator="\n")
        write_text(Layout(root).plots / f"{name}.csv", text)
    write_json(Layout(root).figures, judged)
    compared = candidates.section(model, test, asked.rows, task, settings)
    write_json(Layout(root).candidates, compared)
    shown = [_shown(judged[which][task.leading.name]) for which in ("model", "baseline")]
    say("evaluate", f"{task.leading.short} {shown[0]}, baseline {shown[1]}")


def _validation(root: Path, table: TableSettings) -> tuple[np.ndarray, np.ndarray]:
    rows = parquet.read_part(root, "validation")
    return rows[table.target].to_numpy(), trained.held_out(Layout(root).trained, len(rows))


def judge(
    test: pd.DataFrame,
    scores: np.ndarray,
    trees: np.ndarray,
    table: TableSettings,
    settings: EvaluationSettings,
    *,
    own: Metrics = NONE,
) -> dict[str, Any]:
    """All figures of the model, the baseline and every slice, ready for a JSON file.

    `metrics` names the project's `own`, which stand among the others.
    """
    task = tasks.of(table)
    wrong = settings.misfit(task.name)
    if wrong:
        raise MainlineError(f"{Layout.params}: {wrong}")
    rows = Rows.of(test[table.target], test[table.entity])
    by_slice = {}
    for name, mask in slices.masks(test, settings.slices):
        of_slice = task.plain(task.figures(rows[mask], scores[mask], settings))
        by_slice[name] = {
            "rows": int(mask.sum()),
            **about(rows.target[mask], table),
            "figures": {key: of_slice[key] for key in (task.leading.name, BIAS)},
        }
    return {
        "task": task.name,
        "rows": len(rows),
        "entities": len(np.unique(rows.clusters)),
        **about(rows.target, table),
        **({} if settings.threshold is None else {"threshold": settings.threshold}),
        "confidence": settings.confidence,
        "model": _figures(task, own, rows, scores, settings),
        "baseline": _figures(task, own, rows, trees, settings),
        **({"metrics": own.about} if own.functions else {}),
        **task.details(rows.target, scores),
        "slices": by_slice,
    }


def _figures(
    task: Task, own: Metrics, rows: Rows, scores: np.ndarray, settings: EvaluationSettings
) -> dict[str, Any]:
    found = task.plain(task.figures(rows, scores, settings))
    return found | own.figures(rows, scores, settings)


def _baseline(root: Path) -> Any:
    try:
        return joblib.load(Layout(root).baseline)
    except Exception as error:  # unpickling may raise any error
        raise MainlineError(
            f"{Layout.baseline} cannot be read ({error}); `dvc repro train` writes it anew."
        ) from None


def _shown(figure: dict[str, float | None]) -> str:
    """A figure and its interval to four digits; "none" stands for what could not be computed."""
    value, low, high = ("none" if part is None else f"{part:.4f}" for part in figure.values())
    return f"{value} ({low} to {high})"
