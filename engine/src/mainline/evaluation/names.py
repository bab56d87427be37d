"""The figures of each task: names, labels and directions. Imports no numpy."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`name` is used in files and bars, `label` in texts; `lower` means that less is better.

    `unit` marks a figure in the target's own unit.
    """

    name: str
    label: str
    lower: bool = False
    unit: bool = False

    @property
    def short(self) -> str:
        """The label without the part in brackets, for a heading."""
        return self.label.partition(" (")[0]


BIAS = "mean_bias"  # a figure of every task and every slice

# The first figure of a task is the leading one: it is compared with the champion's, the baseline's
# and every slice's. More of it must be better.
FIGURES: dict[str, tuple[Figure, ...]] = {
    "binary": (
        Figure("roc_auc", "ROC AUC"),
        Figure("pr_auc", "PR AUC"),
        Figure("log_loss", "Log loss", lower=True),
        Figure("brier", "Brier score", lower=True),
        Figure("calibration_error", "Calibration error", lower=True),
        Figure(BIAS, "Mean bias", lower=True),
        Figure("f1", "F1 at the threshold"),
    ),
    "multiclass": (
        Figure("macro_roc_auc", "Macro ROC AUC (one against the rest)"),
        Figure("accuracy", "Accuracy"),
        Figure("macro_f1", "Macro F1"),
        Figure("log_loss", "Log loss", lower=True),
        Figure("brier", "Brier score (summed over classes)", lower=True),
        Figure("calibration_error", "Calibration error (of the label)", lower=True),
        Figure(BIAS, "Mean bias (of the class that has most)", lower=True),
    ),
    "regression": (
        Figure("r2", "R²"),
        Figure("rmse", "Root mean squared error", lower=True, unit=True),
        Figure("mae", "Mean absolute error", lower=True, unit=True),
        Figure("median_absolute_error", "Median absolute error", lower=True, unit=True),
        Figure(BIAS, "Mean bias", lower=True, unit=True),
    ),
}


# The differences by which groups are compared.
DIFFERENCES: dict[str, tuple[str, ...]] = {
    "binary": ("demographic_parity", "equalized_odds"),
    "multiclass": ("accuracy",),
    "regression": ("mean_error",),
}


def leading(task: str) -> Figure:
    """The leading figure of a task, which comparisons use."""
    return FIGURES[task][0]


def names(task: str) -> tuple[str, ...]:
    """The names of a task's figures, the leading one first."""
    return tuple(figure.name for figure in FIGURES[task])
