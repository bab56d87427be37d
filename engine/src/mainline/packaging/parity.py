"""The packaged model answers each row as it was trained to, alone and among others."""

import numpy as np
import pandas as pd

from mainline.core.errors import MainlineError
from mainline.packaging.saved_model import Scorer

TOLERANCE = 1e-6  # largest difference between trained and packaged scores, by their scale
ALONE = 20  # rows that are also scored one by one, as a server is asked
ROUNDING = 1e-5  # one row is multiplied by another routine than many


def difference(scorer: Scorer, rows: pd.DataFrame, scores: np.ndarray, scale: float) -> float:
    """The largest difference to the trained model's `scores` of the `rows`, by their scale.

    Raises MainlineError above tolerance, and when the score of a row depends on other rows or on
    more than its raw and derived columns.
    """
    if rows.empty:
        return 0.0
    packaged = scorer.score(rows)
    first = rows.head(ALONE)
    alone = [scorer.score(first.iloc[[row]]) for row in range(len(first))]
    added = scorer.score_added(scorer.added(first)) if scorer.derived else packaged[: len(first)]
    few = packaged[: len(first)]
    found = _apart(packaged, scores) / scale
    for apart, most, why in (
        (found, TOLERANCE, "the packaged model's scores differ from the trained model's"),
        (_apart(np.concatenate(alone), few) / scale, ROUNDING, "rows scored one by one differ"),
        (_apart(added, few) / scale, ROUNDING, "scores from derived columns differ"),
    ):
        if not apart <= most:
            raise MainlineError(
                f"{why} by {apart:.2e}; at most {most:.0e} is allowed.",
                where="features.py or network.py",
                hint="A score may depend on the columns of its own row only, in the same way each "
                "time.",
            )
    return found


def _apart(ours: np.ndarray, theirs: np.ndarray) -> float:
    return float(np.max(np.abs(ours - theirs)))
