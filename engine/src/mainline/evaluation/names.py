"""What each task is judged by: names, words and direction of its figures. Needs no numpy."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`name` in files and bars, `label` for people; `lower` says that less is better.

    `unit` marks a figure in the target's own unit, which may be of any size.
    """

    name: str
    label: str
    lower: bool = False
    unit: bool = False

    @property
    def short(self) -> str:
        """The label without what explains it, for a heading."""
        return self.label.partition(" (")[0]


BIAS = "mean_bias"  # every task has one, and so has every slice

# The first of a task leads: it is compared with the champion's, the baseline's and every slice's,
# so more of it must be better.
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


# How groups are compared, by the names of the differences between them.
DIFFERENCES: dict[str, tuple[str, ...]] = {
    "binary": ("demographic_parity", "equalized_odds"),
    "multiclass": ("accuracy",),
    "regression": ("mean_error",),
}


def leading(task: str) -> Figure:
    """The figure that a task's comparisons are about."""
    return FIGURES[task][0]


def names(task: str) -> tuple[str, ...]:
    """The names of a task's figures, the leading one first."""
    return tuple(figure.name for figure in FIGURES[task])
