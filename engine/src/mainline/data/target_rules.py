"""Checks that the target has enough rows of each class, or varies."""

from collections.abc import Iterator

import numpy as np

from mainline.core.table import TableSettings
from mainline.core.target import about
from mainline.data.settings import ValidationSettings


def enough(
    target: np.ndarray, table: TableSettings, rules: ValidationSettings
) -> Iterator[tuple[str, bool, str, str]]:
    """Each check of the target: name, whether it passed, observed, expected."""
    if table.task == "regression":
        varied = bool(len(target) and np.ptp(target) > 0)
        yield "different values", varied, "some" if varied else "one and the same", "some variance"
        return
    found = about(target, table)
    if table.task == "multiclass":
        counts, least = found["classes"], rules.min_class_rows
    else:
        positives = found["positives"]
        counts = {"positive": positives, "negative": len(target) - positives}
        least = rules.min_positives
    for label, count in counts.items():
        yield f"{label} rows", count >= least, f"{count:,}", f">= {least:,}"
