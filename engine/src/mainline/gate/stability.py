"""The rule `stability`: do candidate and champion rely on the same columns?"""

from typing import Any

import numpy as np
import pandas as pd

from mainline.core.errors import MainlineError
from mainline.core.progress import Progress
from mainline.evaluation import sample
from mainline.evaluation.importance import Importance, of_model
from mainline.gate.candidate import Candidate
from mainline.gate.opponent import Common
from mainline.gate.verdict import Rule
from mainline.packaging.saved_model import Scorer

NAME = "stability"
ROWS, SHUFFLES, SEED = 4000, 3, 0
FEWEST = 3  # fewest columns for a rank correlation


def measured(candidate: Candidate, scorer: Scorer, common: Common) -> dict[str, Any]:
    """Importances of both models on the same rows and shuffles, and their rank correlation.

    `rank_correlation` is Spearman's over the columns that both models read, null if undefined.
    """
    columns = max(len(model.inputs) + len(model.derived) for model in (candidate.scorer, scorer))
    shuffles = sample.shuffles(SHUFFLES, columns)
    count = min(sample.bounded(ROWS, columns, shuffles), len(common.ours))
    some = np.random.default_rng(SEED).choice(len(common.ours), count, replace=False)
    target = common.ours[candidate.table.target].to_numpy()[some]

    def of(model: Scorer, frame: pd.DataFrame) -> dict[str, Importance]:
        names = list(model.inputs)
        total = len(names) + len(model.derived)
        with Progress("gate", "columns shuffled", total, last=False) as progress:
            return of_model(
                model,
                frame.iloc[some],
                target,
                lambda truth, scores: candidate.task.influences(truth, scores)[0],
                columns=names,
                seed=SEED,
                repeats=shuffles,
                step=progress.step,
            )

    ours, theirs = of(candidate.scorer, common.ours), of(scorer, common.theirs)
    return compared(ours, theirs) | {"rows": count, "figure": candidate.task.leading.short}


def compared(ours: dict[str, Importance], theirs: dict[str, Importance]) -> dict[str, Any]:
    """Columns sorted by importance, with their ranks among the columns that both models read."""
    both = sorted(ours.keys() & theirs.keys())
    ranks = [
        pd.Series({name: _plain(found[name]) for name in both}, dtype=float).rank(ascending=False)
        for found in (ours, theirs)
    ]
    columns = {
        name: {
            "candidate": ours[name].rounded() if name in ours else None,
            "champion": theirs[name].rounded() if name in theirs else None,
            "ranks": _both(*(rank.get(name) for rank in ranks)),
        }
        for name in sorted(ours.keys() | theirs.keys())
    }
    order = sorted(columns, key=lambda name: -_plain(ours.get(name, Importance(-1, 0))))
    return {"rank_correlation": _spearman(*ranks), "columns": {n: columns[n] for n in order}}


def _both(ours: float | None, theirs: float | None) -> list[float] | None:
    """Both ranks, or None if one is missing or not a number."""
    if ours is None or theirs is None or not np.isfinite([ours, theirs]).all():
        return None
    return [float(ours), float(theirs)]


def _plain(importance: Importance) -> float:
    """The importance, or 0 if it is within two deviations of its repeats: noise gets no rank."""
    return importance.value if not importance.value <= 2 * importance.deviation else 0.0


def _spearman(ours: pd.Series, theirs: pd.Series) -> float | None:
    if len(ours) < FEWEST or ours.nunique() < 2 or theirs.nunique() < 2:
        return None
    found = float(np.corrcoef(ours, theirs)[0, 1])
    return round(found, 4) if np.isfinite(found) else None


def rule(found: dict[str, Any], least: float) -> Rule:
    """The rank correlation is high enough. A missing one closes the gate."""
    value = found["rank_correlation"]
    if value is None:
        raise MainlineError(f"fewer than {FEWEST} common columns have a clear importance.")
    why = "Spearman's rank correlation of the two models' column importances"
    passed = bool(value >= least)
    return Rule.judged(NAME, passed, why, figure=f"{value:.2f}", bar=f">= {least:g}")
