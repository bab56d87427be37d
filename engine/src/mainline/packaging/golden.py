"""Golden rows: inputs with the scores that a server of the model must return.

They are made from what training learnt of each column (median, range, vocabulary), never taken
from the data: the model image leaves the company's storage and must carry no customer.
"""

from typing import Any

import pandas as pd

from mainline.model.preprocessing import Preprocessing
from mainline.model.trained import Trained

WITHIN = 1e-5  # of a score; clients take it for probabilities (serving/staged.py)
UNKNOWN = "never seen in training"


def rows(preprocessing: Preprocessing, count: int) -> pd.DataFrame:
    """`count` rows of raw inputs.

    The first three are typical, all missing, and all unknown with numbers beyond the usual.
    """
    columns: dict[str, list[Any]] = {}
    raw = preprocessing.signature
    numbers = [(name, scale) for name, scale in preprocessing.numbers.items() if name in raw]
    categories = [(name, known) for name, known in preprocessing.categories.items() if name in raw]
    for place, (name, scale) in enumerate(numbers):
        spread: list[Any] = [
            scale.low,
            scale.median,
            scale.mean,
            scale.high,
            scale.median + scale.deviation,
        ]
        rest = [spread[(row + place) % len(spread)] for row in range(count - 3)]
        beyond = scale.high + 4 * scale.deviation
        columns[name] = [scale.median, float("nan"), beyond, *rest]
    for place, (name, known) in enumerate(categories):
        cycle = known or [UNKNOWN]
        rest = [cycle[(row * (place + 1)) % len(cycle)] for row in range(count - 3)]
        columns[name] = [cycle[0], "", UNKNOWN, *rest]
    return pd.DataFrame(columns)


def with_scores(trained: Trained, frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Golden rows as JSON: `inputs` (null where a number is missing) and what is served of them.

    That is the `score`, or for several classes their scores and the `label`. An amount comes with
    `within`, how far a served one may lie from it: the size of the target decides that.
    """
    target, scores = trained.target, trained.score(frame)
    records = frame.astype(object).where(frame.notna(), None).to_dict("records")
    found = [
        {"inputs": record, "score": score.tolist()}
        for record, score in zip(records, scores, strict=True)
    ]
    if target.task == "multiclass":
        for record, place in zip(found, scores.argmax(axis=1), strict=True):
            record["label"] = target.labels[place]
    if target.task == "regression":
        for record in found:
            record["within"] = float(f"{WITHIN * target.scale:.3g}")
    return found
