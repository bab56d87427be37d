"""The section `evaluation` of `params.yaml`."""

from typing import Any

from pydantic import Field, model_validator

from mainline.core.config import Settings, nearest


class CostSettings(Settings):
    """The cost of a row by outcome, in any unit; a gain is negative."""

    false_positive: float
    false_negative: float
    true_positive: float = 0.0
    true_negative: float = 0.0

    @property
    def stake(self) -> float:
        """The largest extra cost of a mistake over the right call."""
        return max(
            self.false_positive - self.true_negative, self.false_negative - self.true_positive
        )

    @model_validator(mode="after")
    def _mistakes_cost(self) -> Any:
        for wrong, right in (
            ("false_positive", "true_negative"),
            ("false_negative", "true_positive"),
        ):
            dear, cheap = getattr(self, wrong), getattr(self, right)
            if not dear > cheap:
                raise ValueError(
                    f"{wrong} ({dear:g}) must cost more than {right} ({cheap:g}): without a price "
                    "for mistakes no threshold can be chosen."
                )
        return self


class RobustnessSettings(Settings):
    """`noise` levels, in standard deviations of each number over the training rows."""

    noise: list[float] = [0.1, 0.3]

    @model_validator(mode="after")
    def _levels(self) -> Any:
        for level in self.noise:
            if not level > 0 or self.noise.count(level) > 1:
                raise ValueError(f"noise levels must be positive and distinct; found {level:g}.")
        return self


class FairnessSettings(Settings):
    """`columns` are keys of `slices` whose groups the model should treat alike.

    A group with fewer test rows than `min_rows` is shown, but not compared.
    """

    columns: list[str] = []
    min_rows: int = Field(default=100, gt=0)


class EvaluationSettings(Settings):
    """For a binary task, rows with a score of `threshold` or more are called positive.

    `costs` choose the threshold instead. `slices` names categories (one slice for each value) or
    numbers with their inner bounds. `sample` limits the rows for robustness and importances;
    a wide table has fewer (`sample.bounded`). `shuffles` is the most shuffles of each column for
    its importance (`sample.shuffles`).
    """

    threshold: float | None = Field(default=None, gt=0, lt=1)
    costs: CostSettings | None = None
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    resamples: int = Field(default=500, ge=100)
    seed: int = Field(default=0, ge=0)
    slices: dict[str, list[float] | None] = {}
    fairness: FairnessSettings = FairnessSettings()
    robustness: RobustnessSettings = RobustnessSettings()
    sample: int = Field(default=20_000, ge=100)
    shuffles: int = Field(default=3, ge=1, le=100)

    @model_validator(mode="after")
    def _one_threshold(self) -> Any:
        if self.threshold is not None and self.costs is not None:
            raise ValueError(
                "threshold and costs are both given. Costs choose the threshold, so remove one of "
                "them."
            )
        return self

    @model_validator(mode="after")
    def _fair_columns(self) -> Any:
        for column in self.fairness.columns:
            if column not in self.slices:
                end = nearest(column, list(self.slices)) if self.slices else "; slices are empty."
                raise ValueError(f"fairness.columns: '{column}' is not a key of `slices`{end}")
            if self.fairness.columns.count(column) > 1:
                raise ValueError(f"fairness.columns names '{column}' twice.")
        return self

    def misfit(self, task: str) -> str:
        """The error if a setting does not fit the task, else ""."""
        given = [name for name in ("threshold", "costs") if getattr(self, name) is not None]
        if task != "binary":
            return (
                f"'evaluation.{given[0]}' belongs to a binary task; this one is {task}."
                if given
                else ""
            )
        return (
            ""
            if given
            else "'evaluation.threshold' is missing: the lowest score that is called positive. Or "
            "'evaluation.costs' chooses it, for example {false_positive: 1, false_negative: 8}."
        )
