"""Columns that the project's features.py computes from raw ones, inside the graph that serves."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow.python.framework import op_def_registry

from mainline import project
from mainline.core.table import COLUMN_NAME, TableSettings
from mainline.model.preprocessing import signature, tensors
from mainline.project import Function

BATCH = 65_536
CALLS = {"StatefulPartitionedCall", "If", "While", "Case"}  # what they call is looked at itself


@dataclass(frozen=True)
class Features:
    """`numbers` and `categories` that `function` derives, both sorted; without one there are none.

    It reads `specs`. A function is not stored: only its names are, in `Preprocessing.derived`.
    """

    function: Function | None = None
    numbers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    specs: dict[str, tf.TensorSpec] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Path, table: TableSettings) -> "Features":
        """The project's `features.features`, tried on the table's columns.

        Raises SettingsError that names it when it gives something else than new columns, or does
        what a saved graph must not.
        """
        function = project.function(root, "features", "features", ("inputs",))
        if function is None:
            return cls()
        specs = signature(table.numbers, table.categories)
        graph = tf.function(lambda **inputs: _called(function, inputs), autograph=False)
        traced = graph.get_concrete_function(**specs)
        _stateless(function, traced)
        _distinct(function, traced.structured_outputs, table)
        kinds = {name: each.dtype for name, each in sorted(traced.structured_outputs.items())}
        return cls(
            function,
            tuple(name for name, kind in kinds.items() if kind == tf.float32),
            tuple(name for name, kind in kinds.items() if kind == tf.string),
            specs,
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The derived columns, sorted."""
        return tuple(sorted([*self.numbers, *self.categories]))

    def __call__(self, inputs: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Raw column tensors, each (rows,), to raw and derived ones."""
        return inputs if self.function is None else inputs | _called(self.function, inputs)

    def table(self, table: TableSettings) -> TableSettings:
        """The table with the derived columns behind its own."""
        numbers, categories = [*table.numbers, *self.numbers], [*table.categories, *self.categories]
        return table.model_copy(update={"numbers": numbers, "categories": categories})

    def added(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows with the derived columns. Raises SettingsError when their number differs."""
        function = self.function
        if function is None:
            return frame
        graph = tf.function(lambda **inputs: _called(function, inputs), autograph=False)
        compute = graph.get_concrete_function(**self.specs)
        kinds = {name: spec.dtype for name, spec in self.specs.items()}
        parts = [compute(**tensors(part, kinds)) for part in _parts(frame)]
        whole = {name: np.concatenate([each[name] for each in parts]) for name in self.names}
        for name, values in whole.items():
            if len(values) != len(frame):
                found = f"{len(values):,} values of {len(frame):,} rows"
                raise function.wrong(f"the column '{name}'.", found=found, expected="one a row")
        return frame.assign(**{name: column(each, frame.index) for name, each in whole.items()})

    def known(self, frame: pd.DataFrame) -> None:
        """Raises SettingsError naming a derived number that no training row has."""
        function = self.function
        if function is None:
            return
        for name in self.numbers:
            if not np.isfinite(frame[name].to_numpy()).any():
                raise function.wrong(
                    f"the column '{name}'.",
                    found="no number in any training row",
                    expected="numbers, NaN in some rows at most",
                )


def column(values: np.ndarray, index: pd.Index) -> pd.Series:
    """The values of a tensor as a column of a frame; the text "" is missing."""
    if values.dtype != object:
        return pd.Series(values, index=index)
    decoded = [value.decode("utf-8", "replace") for value in values]
    texts = pd.Series(decoded, index=index, dtype="str")
    return texts.mask(texts.eq(""))


def _parts(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for start in range(0, max(len(frame), 1), BATCH):
        yield frame.iloc[start : start + BATCH]


def _called(function: Function, inputs: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    """What it returns, checked as far as its shapes and types say."""
    outputs: Any = function(inputs=dict(inputs))
    if not isinstance(outputs, dict):
        raise function.wrong(
            "returns no dict of columns.",
            found=f"a {type(outputs).__name__}",
            expected="{name: tensor (rows,)}",
        )
    for name, value in outputs.items():
        if not isinstance(name, str) or not COLUMN_NAME.fullmatch(name):
            raise function.wrong(
                "returns a column whose name cannot be used.",
                found=repr(name),
                expected="letters, digits and _",
            )
        if not tf.is_tensor(value):
            kind = type(value).__name__
            raise function.wrong(f"the column '{name}'.", found=f"a {kind}", expected="a tensor")
        if value.dtype not in (tf.float32, tf.string):
            hint = f"tf.cast({name}, tf.float32) makes a number." if value.dtype.is_numeric else ""
            raise function.wrong(
                f"the column '{name}'.",
                found=f"type {value.dtype.name}",
                expected="float32 or string",
                hint=hint,
            )
        if value.shape.rank != 1:
            raise function.wrong(
                f"the column '{name}'.", found=f"shape {value.shape}", expected="shape (rows,)"
            )
    return outputs


def _distinct(function: Function, outputs: dict[str, Any], table: TableSettings) -> None:
    taken = [name for name in outputs if name in table.columns]
    if taken:
        raise function.wrong(
            "returns a column that the table has already.",
            found=f"'{taken[0]}'",
            expected="new names",
            hint="Raw columns stay as they are.",
        )


def _stateless(function: Function, traced: Any) -> None:
    """A graph that is saved holds no Python, no state, no chance: one row gives one answer."""
    graph = traced.graph.as_graph_def()
    nodes = [*graph.node, *(node for each in graph.library.function for node in each.node_def)]
    for operation in sorted({node.op for node in nodes} - CALLS):
        about = op_def_registry.get(operation)
        if about is not None and about.is_stateful:
            raise function.wrong(
                "does what a saved model cannot repeat.",
                found=f"the operation {operation}",
                expected="operations whose result depends on their inputs alone",
                hint="No Python functions, random numbers, variables or lookup tables.",
            )
