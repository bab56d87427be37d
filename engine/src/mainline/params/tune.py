"""The section `tune` of `params.yaml`: what `mainline tune` searches."""

from typing import Annotated, Any

from pydantic import Field, model_validator

from mainline.core.config import Settings

Number = int | float
MISSING = """there is no section `tune`. For example:
tune:
  trials: 40
  space:
    train.learning_rate: {low: 0.0005, high: 0.01, log: true}
    train.trees.feature_fraction: {low: 0.3, high: 1.0}"""


class Dimension(Settings):
    """Values of one setting: a range from `low` to `high`, or `choices`.

    A range between whole numbers has whole numbers only. With `log` it is drawn on a log scale.
    """

    low: Number | None = None
    high: Number | None = None
    log: bool = False
    choices: Annotated[list[Any], Field(min_length=2)] | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Any:
        if self.choices is not None:
            if self.low is not None or self.high is not None or self.log:
                raise ValueError("it has either low and high, or choices.")
            return self
        if self.low is None or self.high is None:
            raise ValueError("it needs low and high, or choices.")
        if self.low >= self.high:
            raise ValueError(f"low ({self.low:g}) is not less than high ({self.high:g}).")
        if self.log and self.low <= 0:
            raise ValueError(f"with log, low ({self.low:g}) has to be greater than 0.")
        return self

    @property
    def whole(self) -> bool:
        """Whether it is a range of whole numbers."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    @property
    def bounds(self) -> tuple[Number, Number]:
        """`low` and `high` of a range; 0 and 0 of choices."""
        return self.low or 0, self.high or 0

    @property
    def ends(self) -> list[Any]:
        """The values that show whether all of them are allowed."""
        return [self.low, self.high] if self.choices is None else self.choices

    def holds(self, value: Any) -> bool:
        """Whether it has this value."""
        if self.choices is not None:
            return value in self.choices
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or (self.whole and value != int(value)):
            return False
        low, high = self.bounds
        return bool(low <= value <= high)


class TuneSettings(Settings):
    """A search among settings of the section `train`, named by dotted paths.

    Each trial trains as stage `train` does. With `folds` it does so once for each fold, and an
    entity's rows are in one fold; null: it is judged on the validation rows. After `minutes` no
    trial begins.
    """

    trials: int = Field(gt=1)
    processes: int = Field(default=2, gt=0)
    folds: int | None = Field(default=None, ge=2, le=20)
    minutes: float | None = Field(default=None, gt=0)
    seed: int = Field(default=1, ge=0, lt=2**32)
    space: Annotated[dict[str, Dimension], Field(min_length=1)]
