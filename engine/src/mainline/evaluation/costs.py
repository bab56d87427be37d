"""The cost per row at a threshold, compared with flagging no row and with flagging every row."""

from typing import Any

import numpy as np

from mainline.evaluation.interval import Estimate
from mainline.evaluation.rows import Rows, resampled
from mainline.evaluation.settings import CostSettings, EvaluationSettings

HALF = 0.5  # the default threshold of most libraries


def per_row(
    target: np.ndarray, scores: np.ndarray, threshold: float, costs: CostSettings
) -> np.ndarray:
    """The cost of each row, (rows,), if scores of `threshold` or more are called positive."""
    called, positive = scores >= threshold, target == 1
    return np.where(
        called,
        np.where(positive, costs.true_positive, costs.false_positive),
        np.where(positive, costs.false_negative, costs.true_negative),
    )


def section(
    rows: Rows,
    scores: np.ndarray,
    threshold: float,
    costs: CostSettings,
    settings: EvaluationSettings,
) -> dict[str, Any]:
    """The cost per row at `threshold`, and the saving per row.

    The saving is relative to the cheaper of two alternatives: calling no row positive (`nobody`) or
    every row (`everybody`). Null means that there is no figure.
    """
    nothing = Estimate.none().rounded()
    if not len(rows) or not np.isfinite([threshold, *scores]).all():
        blank = dict.fromkeys(("nobody", "everybody", "at_half"))
        return {"prices": dict(costs), "cost": nothing, "saving": nothing} | blank
    thresholds = {"cost": threshold, "nobody": np.inf, "everybody": -np.inf, "at_half": HALF}
    by_row = {name: per_row(rows.target, scores, t, costs) for name, t in thresholds.items()}

    def from_sums(sums: np.ndarray) -> dict[str, np.ndarray]:
        means = dict(zip(by_row, (sums[:, 1:] / sums[:, :1]).T, strict=True))
        best = np.minimum(means["nobody"], means["everybody"])
        return means | {"saving": best - means["cost"]}

    terms = np.column_stack([np.ones(len(rows)), *by_row.values()])
    found = resampled(rows, terms, from_sums, settings)
    return {
        "prices": dict(costs),
        **{name: found[name].rounded() for name in ("cost", "saving")},
        **{name: round(found[name].value, 6) for name in ("nobody", "everybody", "at_half")},
    }
