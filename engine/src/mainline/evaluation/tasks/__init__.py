"""The figures of each task, one file for each; `of` chooses the task."""

from mainline.core.table import TableSettings
from mainline.evaluation.tasks.binary import Binary
from mainline.evaluation.tasks.multiclass import Multiclass
from mainline.evaluation.tasks.regression import Regression
from mainline.evaluation.tasks.task import Task

__all__ = ["Task", "of"]


def of(table: TableSettings) -> Task:
    """The task that the section `table` of `params.yaml` names."""
    if table.task == "multiclass":
        return Multiclass(table.labels)
    return Regression() if table.task == "regression" else Binary()
