"""What calling rows at a threshold costs, a row, beside what calling nobody or everybody would."""

from typing import Any

import numpy as np

from mainline.evaluation.interval import Estimate
from mainline.evaluation.rows import Rows, resampled
from mainline.evaluation.settings import CostSettings, EvaluationSettings

HALF = 0.5  # where most libraries call a row positive when nobody has asked what that costs


def per_row(
    target: np.ndarray, scores: np.ndarray, threshold: float, costs: CostSettings
) -> np.ndarray:
    """What each row costs when it is called positive from `threshold` on, (rows,)."""
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
    """The cost of a row at `threshold`, and what that saves a row.

    Saved is what the better of calling nobody and calling everybody would cost more. Null stands
    for "no figure".
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
