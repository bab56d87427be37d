"""Paired differences on the test rows, so that above 0 ours is better; what was asked of them."""

from statistics import median
from typing import Any

import numpy as np

from mainline.evaluation import rows as bootstrap
from mainline.evaluation import tasks
from mainline.evaluation.interval import Estimate
from mainline.evaluation.settings import EvaluationSettings
from references.tables import Rows

SETTINGS = EvaluationSettings(resamples=2_000)
FIGURES = {"binary": "ROC AUC", "multiclass": "log loss", "regression": "RMSE (deviations)"}
LEAST = 1e-7
BELOW, SHARE, TIMES = 0.001, 0.25, 2.0  # of plain trees; of AutoGluon's seconds and rows/s


def figure(rows: Rows, scores: np.ndarray) -> float:
    """ROC AUC, log loss, or the root mean squared error in deviations of the known targets."""
    target = rows.test[rows.table.target].to_numpy()
    if rows.table.task == "binary":
        return float(tasks.of(rows.table).influences(target, scores)[0])
    mean = float(losses(rows, scores).mean())
    return mean if rows.table.task == "multiclass" else float(np.sqrt(mean))


def losses(rows: Rows, scores: np.ndarray) -> np.ndarray:
    """Each test row's log loss or squared error, (rows,)."""
    target = rows.test[rows.table.target].to_numpy()
    if rows.table.task == "multiclass":
        chosen = scores[np.arange(len(target)), target]
        return np.asarray(-np.log(np.clip(chosen, LEAST, 1 - LEAST)))
    return ((scores - target) / rows.known[rows.table.target].std()) ** 2


def difference(rows: Rows, ours: np.ndarray, theirs: np.ndarray) -> dict[str, float | None]:
    """The figure's difference with the ends of its interval, by entity.

    ROC AUC: paired DeLong. The others: 2,000 resamples of entities.
    """
    table = rows.table
    test = bootstrap.Rows.of(rows.test[table.target], rows.test[table.entity])
    if table.task == "binary":
        found = tasks.of(table).difference(test, ours, theirs, SETTINGS.confidence)
        return found.rounded()
    root = np.sqrt if table.task == "regression" else np.asarray
    terms = np.column_stack([np.ones(len(test)), losses(rows, ours), losses(rows, theirs)])

    def gain(sums: np.ndarray) -> dict[str, np.ndarray]:
        our, their = (sums[:, 1:] / sums[:, :1]).T
        return {"gain": root(their) - root(our)}

    found: Estimate = bootstrap.resampled(test, terms, gain, SETTINGS)["gain"]
    return found.rounded()


def judged(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was asked of the whole, what was found, and whether that is enough."""
    reach = [each["searched"]["difference"]["high"] for each in found]
    below = [each["trees"]["difference"]["value"] for each in found]
    said = [
        {
            "what": "interval to HistGradientBoosting, tuned, reaches 0: the lowest upper end",
            "value": min(reach),
            "met": min(reach) >= 0,
        },
        {
            "what": f"not below plain trees by more than {BELOW}: the lowest difference",
            "value": min(below),
            "met": min(below) >= -BELOW,
        },
    ]
    both = [each for each in found if "gluon" in each]
    if both:
        middle = median(each["gluon"]["difference"]["value"] for each in both)
        seconds = [each["ours"]["seconds"] / each["gluon"]["seconds"] for each in both]
        speed = [
            each["ours"]["rows_per_second"] / each["gluon"]["rows_per_second"] for each in both
        ]
        said += [
            {
                "what": "median difference to AutoGluon is at least 0",
                "value": middle,
                "met": middle >= 0,
            },
            {
                "what": f"at most {SHARE} of AutoGluon's seconds: the largest share",
                "value": max(seconds),
                "met": max(seconds) <= SHARE,
            },
            {
                "what": f"at least {TIMES:g} times AutoGluon's rows/s: the lowest ratio",
                "value": min(speed),
                "met": min(speed) >= TIMES,
            },
        ]
    return [each | {"value": round(each["value"], 5)} for each in said]
