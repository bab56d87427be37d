"""Summarises the target column of some rows, by task."""

from typing import Any

import numpy as np

from mainline.core.table import TableSettings


def about(target: np.ndarray, table: TableSettings) -> dict[str, Any]:
    """For a JSON file: the number of positives or of each class, or mean and deviation."""
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
    """Why these rows cannot be used to train or judge a model; empty when they can."""
    rows = f"{len(target):,} rows"
    if table.task == "multiclass":
        counts = np.bincount(target, minlength=len(table.classes))
        unseen = [label for label, count in zip(table.labels, counts, strict=True) if not count]
        return f"{rows} without {', '.join(unseen)}; every class is needed" if unseen else ""
    if table.task == "regression":
        varied = len(target) and np.ptp(target) > 0
        return "" if varied else f"{rows} with the same target; different targets are needed"
    positives = int(target.sum())
    both = 0 < positives < len(target)
    return "" if both else f"{rows} with {positives:,} positives; both classes are needed"
