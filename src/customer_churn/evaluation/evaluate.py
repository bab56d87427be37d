"""Stage `evaluate`: the trained network and its baseline on the test rows."""

from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd

from customer_churn.core import config, parquet, paths
from customer_churn.core.errors import UserError
from customer_churn.core.files import write_json, write_text
from customer_churn.core.progress import say
from customer_churn.core.table import TableSettings
from customer_churn.evaluation import curves, slices
from customer_churn.evaluation.metrics import Rows, figures
from customer_churn.evaluation.settings import EvaluationSettings
from customer_churn.model import baseline, runtime, trained


def run(root: Path) -> None:
    """Write `paths.FIGURES` and the curves. A figure that cannot be computed is null."""
    settings = config.section(root, "evaluation", EvaluationSettings)
    table = config.section(root, "table", TableSettings)
    test = parquet.read_part(root, "test")
    runtime.deterministic(settings.seed)
    say("evaluate", f"{len(test):,} test rows, {settings.resamples} resamples by entity")
    scores = trained.load(root / paths.TRAINED).score(test)
    trees = baseline.score(_baseline(root), test, table)
    judged = judge(test, scores, trees, table, settings)
    for name, curve in curves.tables(test[table.target].to_numpy(), scores).items():
        text = curve.round(5).to_csv(index=False, lineterminator="\n")
        write_text(root / paths.PLOTS / f"{name}.csv", text)
    write_json(root / paths.FIGURES, judged)
    shown = [_shown(judged[which]["roc_auc"]) for which in ("model", "baseline")]
    say("evaluate", f"ROC AUC {shown[0]}, baseline {shown[1]}")


def judge(
    test: pd.DataFrame,
    scores: np.ndarray,
    trees: np.ndarray,
    table: TableSettings,
    settings: EvaluationSettings,
) -> dict[str, Any]:
    """All figures of the network, the baseline and every slice, ready for a JSON file."""
    rows = Rows.of(test[table.target], test[table.entity])
    by_slice = {}
    for name, mask in slices.masks(test, settings.slices):
        of_slice = figures(rows[mask], scores[mask], settings)
        by_slice[name] = {
            "rows": int(mask.sum()),
            "positives": int(rows.target[mask].sum()),
            "figures": {key: of_slice[key].rounded() for key in ("roc_auc", "mean_bias")},
        }
    return {
        "rows": len(rows),
        "entities": len(np.unique(rows.clusters)),
        "positives": int(rows.target.sum()),
        "threshold": settings.threshold,
        "confidence": settings.confidence,
        "model": {key: e.rounded() for key, e in figures(rows, scores, settings).items()},
        "baseline": {key: e.rounded() for key, e in figures(rows, trees, settings).items()},
        "slices": by_slice,
    }


def _baseline(root: Path) -> Any:
    try:
        return joblib.load(root / paths.BASELINE)
    except Exception as error:  # unpickling raises whatever it meets
        raise UserError(
            f"{paths.BASELINE} cannot be read ({error}); `dvc repro train` writes it anew."
        ) from None


def _shown(figure: dict[str, float | None]) -> str:
    """A figure and its interval to four digits; "none" stands for what could not be computed."""
    value, low, high = ("none" if part is None else f"{part:.4f}" for part in figure.values())
    return f"{value} ({low} to {high})"
