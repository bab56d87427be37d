"""Does the model look at the same columns as the champion?"""

from typing import Any

import numpy as np
import pandas as pd

from mainline.core.errors import MainlineError
from mainline.evaluation.importance import Importance, of_model
from mainline.gate.candidate import Candidate
from mainline.gate.opponent import Common
from mainline.gate.verdict import Rule
from mainline.packaging.saved_model import Scorer

NAME = "stability"
ROWS, SHUFFLES, SEED = 4000, 3, 0
FEWEST = 3  # columns that a correlation of ranks says anything of


def measured(candidate: Candidate, scorer: Scorer, common: Common) -> dict[str, Any]:
    """Importances of both on the same common rows, shuffled alike, and how alike their ranks are.

    `rank_correlation` is Spearman's over the columns that both read, null where it says nothing.
    """
    count = min(ROWS, len(common.ours))
    some = np.random.default_rng(SEED).choice(len(common.ours), count, replace=False)
    target = common.ours[candidate.table.target].to_numpy()[some]

    def of(model: Scorer, frame: pd.DataFrame) -> dict[str, Importance]:
        return of_model(
            model,
            frame.iloc[some],
            target,
            lambda truth, scores: candidate.task.influences(truth, scores)[0],
            columns=list(model.inputs),
            seed=SEED,
            repeats=SHUFFLES,
        )

    ours, theirs = of(candidate.scorer, common.ours), of(scorer, common.theirs)
    return compared(ours, theirs) | {"rows": count, "figure": candidate.task.leading.short}


def compared(ours: dict[str, Importance], theirs: dict[str, Importance]) -> dict[str, Any]:
    """Columns by their importance now, with their ranks among those that both models read."""
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
    """Two ranks, or none: a column of one model has but one, and no number has none."""
    if ours is None or theirs is None or not np.isfinite([ours, theirs]).all():
        return None
    return [float(ours), float(theirs)]


def _plain(importance: Importance) -> float:
    """What does not stand out from its own repeats is nothing: noise must not have a rank."""
    return importance.value if not importance.value <= 2 * importance.deviation else 0.0


def _spearman(ours: pd.Series, theirs: pd.Series) -> float | None:
    if len(ours) < FEWEST or ours.nunique() < 2 or theirs.nunique() < 2:
        return None
    found = float(np.corrcoef(ours, theirs)[0, 1])
    return round(found, 4) if np.isfinite(found) else None


def rule(found: dict[str, Any], least: float) -> Rule:
    """The ranks are alike enough; no correlation closes."""
    value = found["rank_correlation"]
    if value is None:
        raise MainlineError(f"fewer than {FEWEST} columns that both models read stand out.")
    why = "Spearman's rank correlation of what columns are worth to either model"
    passed = bool(value >= least)
    return Rule.judged(NAME, passed, why, figure=f"{value:.2f}", bar=f">= {least:g}")
