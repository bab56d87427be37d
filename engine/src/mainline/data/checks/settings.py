"""Parts of the section `validation`: rules across columns, and tolerances for a new snapshot."""

from typing import Any

from pydantic import Field

from mainline.core.config import Settings

MOST_RULES = 100


class RowRule(Settings):
    """An expression that holds in every row, or in all but a share of rows (`violations`)."""

    holds: str
    violations: float = Field(default=0.0, ge=0, lt=1)


RowRules = dict[str, RowRule]


def spelled_out(rules: Any) -> Any:
    """`name: expression` is short for `name: {holds: expression}`."""
    if not isinstance(rules, dict):
        return rules
    if len(rules) > MOST_RULES:
        raise ValueError(f"{len(rules)} rules; at most {MOST_RULES} are allowed.")
    return {
        name: {"holds": rule} if isinstance(rule, str) else rule for name, rule in rules.items()
    }


class Tolerances(Settings):
    """How far a column may move from the previous snapshot. A larger distance closes the gate.

    The unit of `mean` is main's standard deviation, that of `quantiles` main's interquartile range,
    both without the most extreme values. `shares` and `nulls` are differences of shares of rows.
    """

    mean: float = Field(default=0.1, gt=0)
    quantiles: float = Field(default=0.2, gt=0)
    shares: float = Field(default=0.05, gt=0, le=1)
    nulls: float = Field(default=0.03, gt=0, le=1)


class ColumnTolerances(Settings):
    """Tolerances of one column. They override those of all columns."""

    mean: float | None = Field(default=None, gt=0)
    quantiles: float | None = Field(default=None, gt=0)
    shares: float | None = Field(default=None, gt=0, le=1)
    nulls: float | None = Field(default=None, gt=0, le=1)


class StatisticsSettings(Tolerances):
    """The tolerances, and the share of rows that a snapshot may lose (`rows`).

    Rows that are newer than the previous snapshot are also compared separately, with tolerances
    that are `newest` times as large; null turns this off. `accepted` is the reason why the data
    moved on purpose; it counts only in the proposal that sets it.
    """

    rows: float = Field(default=0.5, gt=0, le=1)
    newest: float | None = Field(default=5.0, ge=1)
    columns: dict[str, ColumnTolerances] = {}
    accepted: str | None = None

    def of(self, column: str) -> Tolerances:
        """The tolerances for one column."""
        own = self.columns.get(column, ColumnTolerances()).model_dump(exclude_none=True)
        return Tolerances(**(self.model_dump(include=set(Tolerances.model_fields)) | own))

    def of_newest(self, column: str) -> Tolerances | None:
        """The tolerances for one column in the newest rows; None when they are not compared."""
        if self.newest is None:
            return None
        wider = {name: most * self.newest for name, most in self.of(column)}
        return Tolerances.model_construct(**wider)  # without validation: a tolerance may exceed 1
