"""What the target column of some rows holds, in the words of the task."""

from typing import Any

import numpy as np

from mainline.core.table import TableSettings


def about(target: np.ndarray, table: TableSettings) -> dict[str, Any]:
    """For a JSON file: how many rows are positive or of each class, or mean and deviation."""
    if table.task == "multiclass":
        counts = np.bincount(target, minlength=len(table.classes)).tolist()
        return {"classes": dict(zip(table.labels, counts, strict=True))}
    if table.task == "binary":
        return {"positives": int(target.sum())}
    if not len(target):
        return {"target": {"mean": None, "deviation": None}}
    found = {"mean": target.mean(), "deviation": target.std()}
    return {"target": {name: float(f"{value:.7g}") for name, value in found.items()}}


def lacking(target: np.ndarray, table: TableSettings) -> str:
    """Why nothing can be learnt from these rows nor judged on them; empty when it can."""
    rows = f"{len(target):,} rows"
    if table.task == "multiclass":
        counts = np.bincount(target, minlength=len(table.classes))
        unseen = [label for label, count in zip(table.labels, counts, strict=True) if not count]
        return f"{rows} and none of {', '.join(unseen)}; it needs every class" if unseen else ""
    if table.task == "regression":
        varied = len(target) and np.ptp(target) > 0
        return "" if varied else f"{rows} and all targets the same; it needs unlike ones"
    positives = int(target.sum())
    both = 0 < positives < len(target)
    return "" if both else f"{rows} and {positives:,} positives; it needs both classes"
