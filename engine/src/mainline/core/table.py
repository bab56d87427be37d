"""The section `table` of `params.yaml`: the row's key, the target and the model's columns."""

import re
from typing import Any, Literal

from pydantic import field_validator, model_validator

from mainline.core.config import Settings

COLUMN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
FEWEST = 3  # classes; two of them are a binary task

TaskName = Literal["binary", "multiclass", "regression"]
Label = str | int | bool  # the types of YAML; compared as text


class TableSettings(Settings):
    """The columns that the source, the model and the clients of the served model agree on.

    `task` is the kind of target: `binary` (two labels; `positive` is the label to find),
    `multiclass` (one of `classes`, in the order of the served scores) or `regression` (a number).
    """

    entity: str
    time: str | None = None
    target: str
    task: TaskName = "binary"
    positive: Label | None = None
    classes: list[Label] = []
    numbers: list[str] = []
    categories: list[str] = []

    @property
    def labels(self) -> list[str]:
        """The classes as text, in the order of the served scores; empty for another task."""
        return [str(label) for label in self.classes]

    @property
    def features(self) -> list[str]:
        """The model's inputs, in the order of the file."""
        return [*self.numbers, *self.categories]

    @property
    def key(self) -> list[str]:
        """The columns that identify a row: the entity and, if it is set, the time."""
        return [self.entity] if self.time is None else [self.entity, self.time]

    @property
    def columns(self) -> list[str]:
        """All columns of the pipeline's table, in order."""
        return [*self.key, *self.features, self.target]

    @field_validator("numbers", "categories")
    @classmethod
    def _servable(cls, names: list[str]) -> list[str]:
        for name in names:
            if not COLUMN_NAME.fullmatch(name) or name == "self":  # reserved by pandas
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

    @model_validator(mode="after")
    def _fitting_task(self) -> Any:
        if self.task == "binary" and self.positive is None:
            raise ValueError("the task is binary, so `positive` must name the label to find.")
        if self.task != "binary" and self.positive is not None:
            raise ValueError(f"`positive` belongs to a binary task; this one is {self.task}.")
        if self.task != "multiclass" and self.classes:
            raise ValueError(f"`classes` belong to a multiclass task; this one is {self.task}.")
        if self.task == "multiclass":
            self._check_classes()
        return self

    def _check_classes(self) -> None:
        labels = self.labels
        if len(labels) < FEWEST:
            raise ValueError(
                f"a multiclass task needs {FEWEST} `classes` or more, in the order of the served "
                f"scores; found {len(labels)}. Two labels are a binary task."
            )
        twice = sorted({label for label in labels if labels.count(label) > 1})
        if twice or "" in labels:
            raise ValueError(
                f"`classes` has {twice[0]!r} twice; labels are compared as text."
                if twice
                else "`classes` has an empty label."
            )
