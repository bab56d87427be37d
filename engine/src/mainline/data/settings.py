"""The sections `data`, `validation` and `split` of `params.yaml`."""

from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from mainline.core.config import Settings
from mainline.core.day import Day
from mainline.data.checks.settings import (
    RowRules,
    StatisticsSettings,
    spelled_out,
)
from mainline.data.sources import Source


class DataSettings(Settings):
    """The source of the rows, and the day of the snapshot."""

    as_of: Day
    source: Source


class ColumnChecks(Settings):
    """The allowed values of one column. `nulls` is a share between 0 and 1."""

    min: float | None = None
    max: float | None = None
    values: list[str] | None = None
    nulls: float = Field(default=0.0, ge=0, lt=1)

    @model_validator(mode="after")
    def _possible(self) -> Any:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min ({self.min:g}) is greater than max ({self.max:g}).")
        return self


class ValidationSettings(Settings):
    """The checks that the table must pass before training.

    `min_positives` is for a binary task (it also applies to negatives), `min_class_rows` for a
    multiclass task.
    """

    min_rows: int = Field(gt=0)
    min_positives: int = Field(default=1, gt=0)
    min_class_rows: int = Field(default=1, gt=0)
    columns: dict[str, ColumnChecks] = {}
    rules: RowRules = {}
    statistics: StatisticsSettings = StatisticsSettings()

    @field_validator("rules", mode="before")
    @classmethod
    def _spelled_out(cls, rules: Any) -> Any:
        return spelled_out(rules)


class SplitSettings(Settings):
    """How rows become training, validation and test rows.

    `by: entity` takes shares and a salt; `by: time` takes the first day of the validation and of
    the test rows.
    """

    by: Literal["entity", "time"]
    salt: str = ""
    validation: float = Field(default=0.15, gt=0, lt=1)
    test: float = Field(default=0.2, gt=0, lt=1)
    validation_from: Day | None = None
    test_from: Day | None = None

    @model_validator(mode="after")
    def _complete(self) -> Any:
        if self.by == "entity" and self.validation + self.test >= 1:
            raise ValueError("validation + test leave no training rows.")
        if self.by == "time":
            if self.validation_from is None or self.test_from is None:
                raise ValueError("a split by time needs validation_from and test_from.")
            if self.validation_from >= self.test_from:
                raise ValueError("validation_from must be before test_from.")
        return self
