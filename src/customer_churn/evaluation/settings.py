"""The section `evaluation` of `params.yaml`."""

from pydantic import Field

from customer_churn.core.config import Settings

NAMES = ("roc_auc", "pr_auc", "log_loss", "brier", "calibration_error", "mean_bias", "f1")


class EvaluationSettings(Settings):
    """`slices` names categories (one slice a value) or numbers with their inner bounds."""

    threshold: float = Field(gt=0, lt=1)
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    resamples: int = Field(default=500, ge=100)
    seed: int = Field(default=0, ge=0)
    slices: dict[str, list[float] | None] = {}
