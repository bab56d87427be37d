"""What could ship beside what does: each candidate's leading figure on the test rows, its size."""

from typing import Any

import pandas as pd

from mainline.evaluation.rows import Rows
from mainline.evaluation.settings import EvaluationSettings
from mainline.evaluation.tasks import Task
from mainline.model.trained import Trained


def section(
    model: Trained, test: pd.DataFrame, rows: Rows, task: Task, settings: EvaluationSettings
) -> dict[str, Any]:
    """The file `Layout.candidates`: differences are to what ships, paired; bytes of variables.

    `asked`, `losses` and `errors` say why it ships, as in `Choice`.
    """
    scores = model.each_score(test)
    shipped = scores[model.choice.name]
    found = {}
    for name, each in model.candidates().items():
        figure = task.figures(rows, scores[name], settings)[task.leading.name]
        difference = task.difference(rows, scores[name], shipped, settings.confidence)
        found[name] = {
            "figure": figure.rounded(),
            "difference": difference.rounded(),
            "bytes": sum(it.dtype.size * it.shape.num_elements() for it in each.variables),
        }
    return {
        "ships": model.choice.name,
        "trees_share": round(model.choice.share, 2),
        "asked": model.choice.asked,
        "losses": model.choice.losses,
        "errors": model.choice.errors,
        "figure": task.leading.name,
        "rows": len(rows),
        "candidates": found,
    }
