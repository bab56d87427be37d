"""Has the target enough of everything that its task has to learn?"""

from collections.abc import Iterator

import numpy as np

from customer_churn.core.table import TableSettings
from customer_churn.core.target import about
from customer_churn.data.settings import ValidationSettings


def few(
    target: np.ndarray, table: TableSettings, rules: ValidationSettings
) -> Iterator[tuple[str, str, str]]:
    """Each rule that the target breaks: rule, observed, expected."""
    if table.task == "regression":
        if not len(target) or np.ptp(target) == 0:
            yield "different values", "one and the same", "some variance"
        return
    found = about(target, table)
    if table.task == "multiclass":
        counts, least = found["classes"], rules.min_class_rows
    else:
        positives = found["positives"]
        counts = {"positive": positives, "negative": len(target) - positives}
        least = rules.min_positives
    for label, count in counts.items():
        if count < least:
            yield f"{label} rows", f"{count:,}", f">= {least:,}"
