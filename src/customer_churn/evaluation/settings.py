"""The section `evaluation` of `params.yaml`."""

from pydantic import Field

from customer_churn.core.config import Settings


class EvaluationSettings(Settings):
    """`threshold` belongs to a binary task: from that score on a row is called positive.

    `slices` names categories (one slice a value) or numbers with their inner bounds.
    """

    threshold: float | None = Field(default=None, gt=0, lt=1)
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    resamples: int = Field(default=500, ge=100)
    seed: int = Field(default=0, ge=0)
    slices: dict[str, list[float] | None] = {}

    def misfit(self, task: str) -> str:
        """What does not fit the task, in words; empty when all does."""
        if task == "binary" and self.threshold is None:
            return (
                "'evaluation.threshold' is missing: from which score on is a row called positive?"
            )
        if task != "binary" and self.threshold is not None:
            return f"'evaluation.threshold' belongs to a binary task; this one is {task}."
        return ""
