"""Load a SavedModel for `mlflow.pyfunc`. MLflow keeps a copy of this folder with each model.

The copy runs without this project: it needs TensorFlow, NumPy and pandas. It takes names and types
from the model's signature, because one process may load several versions with one copy.
"""

import functools
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from mlflow.models import Model


class SavedModel:
    """A SavedModel on disk. The first call of `predict` loads it and imports TensorFlow."""

    def __init__(self, directory: Path, operations: Iterable[str] = ()) -> None:
        """Take the directory that holds `saved_model.pb`, and what its graph may hold besides."""
        self.directory, self.operations = directory, frozenset(operations)

    @functools.cached_property
    def _loaded(self) -> tuple[Any, Any]:
        import tensorflow as tf  # noqa: PLC0415  takes seconds

        from .admitted import admitted  # noqa: PLC0415  so does this

        with admitted(self.directory, self.operations) as copy:
            loaded = tf.saved_model.load(str(copy))
        # The signature works only as long as the loaded object lives.
        return loaded, loaded.signatures["serving_default"]

    def predict(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Score raw rows. Returns the model's outputs as columns, with the index of `rows`.

        `score` is a float, or a list of floats with one for each class. A missing number is NaN or
        None, a missing text is None or "".
        """
        import tensorflow as tf  # noqa: PLC0415

        _, signature = self._loaded
        inputs = {
            name: tf.constant(_column(rows[name], np.dtype(spec.dtype.as_numpy_dtype)))
            for name, spec in signature.structured_input_signature[1].items()
        }
        found = signature(**inputs)
        outputs = {name: _values(found[name]) for name in sorted(found)}  # TensorFlow has no order
        return pd.DataFrame(outputs, index=rows.index)


def _column(values: pd.Series, dtype: np.dtype[Any]) -> np.ndarray:
    if dtype.kind == "O":  # text
        return values.astype("str").where(values.notna(), "").to_numpy(object)
    return values.to_numpy(dtype, na_value=np.nan)


def _values(found: Any) -> list[Any]:
    values = found.numpy()
    if values.dtype == object:
        return [text.decode() for text in values]
    return list(values.astype(np.float64).tolist())


def _load_pyfunc(path: str) -> SavedModel:
    """MLflow calls this function, by this name. The file MLmodel stands beside the data."""
    described = Path(path).with_name("MLmodel")
    about = (Model.load(described).metadata if described.is_file() else None) or {}
    return SavedModel(Path(path), about.get("operations", ()))
