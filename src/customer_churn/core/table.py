"""What a row is: its key, its target, the model's columns. The section `table` of `params.yaml`."""

import re
from typing import Any

from pydantic import field_validator, model_validator

from customer_churn.core.config import Settings

COLUMN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class TableSettings(Settings):
    """The contract between the source, the model and whoever asks the served model."""

    entity: str
    time: str | None = None
    target: str
    positive: str | int | bool
    numbers: list[str] = []
    categories: list[str] = []

    @property
    def features(self) -> list[str]:
        """The model's inputs, in the order of the file."""
        return [*self.numbers, *self.categories]

    @property
    def key(self) -> list[str]:
        """The columns that name a row: the entity and, when it is seen more than once, the time."""
        return [self.entity] if self.time is None else [self.entity, self.time]

    @property
    def columns(self) -> list[str]:
        """Every column that the pipeline keeps, in the order in which it keeps them."""
        return [*self.key, *self.features, self.target]

    @field_validator("numbers", "categories")
    @classmethod
    def _servable(cls, names: list[str]) -> list[str]:
        for name in names:
            if not COLUMN_NAME.fullmatch(name):
                raise ValueError(
                    f"{name!r} cannot name an input of the served model; use letters, digits and _ "
                    "(data.source.rename maps a file's own names)."
                )
        return names

    @model_validator(mode="after")
    def _distinct(self) -> Any:
        if not self.features:
            raise ValueError("numbers and categories are both empty: the model has no input.")
        twice = sorted({name for name in self.columns if self.columns.count(name) > 1})
        if twice:
            raise ValueError(f"these columns have two roles: {', '.join(twice)}.")
        return self
