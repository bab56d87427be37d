"""What a task is judged by: one file each, and `of` to choose."""

from customer_churn.core.table import TableSettings
from customer_churn.evaluation.tasks.binary import Binary
from customer_churn.evaluation.tasks.multiclass import Multiclass
from customer_churn.evaluation.tasks.regression import Regression
from customer_churn.evaluation.tasks.task import Task

__all__ = ["Task", "of"]


def of(table: TableSettings) -> Task:
    """The task that the section `table` of `params.yaml` names."""
    if table.task == "multiclass":
        return Multiclass(table.labels)
    return Regression() if table.task == "regression" else Binary()
