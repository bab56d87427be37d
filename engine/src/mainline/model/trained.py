"""A trained network on disk: weights and what encodes its inputs, as bytes that two runs share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from mainline.core import config
from mainline.core.errors import MainlineError
from mainline.core.files import read_json, staged, write_json
from mainline.core.layout import Layout
from mainline.core.table import TableSettings
from mainline.model.columns import IDS, RAW, SCALED
from mainline.model.design import Design
from mainline.model.features import Features
from mainline.model.prepared import BATCH, Prepared
from mainline.model.preprocessing import Preprocessing, tensors
from mainline.model.settings import TrainSettings
from mainline.model.stacked import Stacked
from mainline.model.target import Target


@dataclass(frozen=True)
class Trained:
    """A network with the features and the preprocessing that it was trained behind."""

    preprocessing: Preprocessing
    target: Target
    network: keras.Model
    features: Features = field(default_factory=Features)
    _graphs: dict[str, Stacked] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def derived(self) -> tuple[str, ...]:
        """The columns that features.py computes."""
        return self.preprocessing.derived

    def added(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Rows of raw columns with the derived ones."""
        return self.features.added(frame)

    def score(self, frame: pd.DataFrame) -> np.ndarray:
        """Scores, float64 (rows,), multiclass (rows, classes). `frame` holds raw columns."""
        return self._scored(frame, self.preprocessing.signature, self.__call__)

    def score_added(self, frame: pd.DataFrame) -> np.ndarray:
        """As `score`, from raw and derived columns as they stand in `frame`."""
        return self._scored(frame, self.preprocessing.everything, self.answer)

    def prepared(self, frame: pd.DataFrame) -> Prepared:
        """`score` of these rows with other values in some columns, asked again and again."""
        return self._prepared(frame, self.preprocessing.signature, self.__call__)

    def prepared_added(self, frame: pd.DataFrame) -> Prepared:
        """As `prepared`, from raw and derived columns as they stand in `frame`."""
        return self._prepared(frame, self.preprocessing.everything, self.answer)

    def _scored(
        self,
        frame: pd.DataFrame,
        specs: dict[str, tf.TensorSpec],
        answer: Callable[[dict[str, tf.Tensor]], tf.Tensor],
    ) -> np.ndarray:
        starts = range(0, max(len(frame), 1), BATCH)  # no rows give no scores
        batches = (frame.iloc[start : start + BATCH] for start in starts)
        return np.concatenate([self._prepared(each, specs, answer)({}) for each in batches])

    def _prepared(
        self,
        frame: pd.DataFrame,
        specs: dict[str, tf.TensorSpec],
        answer: Callable[[dict[str, tf.Tensor]], tf.Tensor],
    ) -> Prepared:
        graph = self._graphs.get(answer.__name__)
        if graph is None:
            graph = self._graphs[answer.__name__] = Stacked(answer, specs)

        def convert(rows: pd.DataFrame, names: Sequence[str]) -> dict[str, tf.Tensor]:
            return tensors(rows, {name: specs[name].dtype for name in names})

        return Prepared(frame, list(specs), convert, lambda columns: graph(columns).numpy())

    def __call__(self, inputs: dict[str, tf.Tensor]) -> tf.Tensor:
        """Raw column tensors, each (rows,), to scores, float32, shaped as in `score`."""
        return self.answer(self.features(inputs))

    def answer(self, columns: dict[str, tf.Tensor]) -> tf.Tensor:
        """As calling it, from raw and derived columns."""
        scaled, ids = self.preprocessing.encode(columns)
        known = {SCALED: scaled, IDS: ids} | {f"{RAW}{name}": columns[name] for name in columns}
        inputs = [known[each.name] for each in self.network.inputs]
        return self.target.scores(self.network(inputs, training=False))


def save(trained: Trained, settings: TrainSettings, directory: Path) -> None:
    """Write each weight's `.npy`, `preprocessing.json`, `target.json` and `settings.json`.

    No archive: what zipfile writes differs between patch versions of Python.
    """
    with staged(directory) as temporary:
        temporary.mkdir()
        for place, weight in enumerate(trained.network.get_weights()):
            np.save(temporary / _name(place), weight, allow_pickle=False)
        write_json(temporary / "preprocessing.json", trained.preprocessing.to_json())
        write_json(temporary / "target.json", trained.target.to_json())
        write_json(temporary / "settings.json", settings.model_dump(exclude_unset=True))


def load(root: Path, table: TableSettings, directory: Path | None = None) -> Trained:
    """Build the network of `root`'s project anew and put the saved weights into it.

    Raises MainlineError when the files of `directory` (`Layout.trained`) are absent or do not fit
    today's features.py and network.py.
    """
    directory = directory or Layout(root).trained
    made_by = "dvc repro train"
    encoding = read_json(directory / "preprocessing.json", made_by=made_by)
    answers = read_json(directory / "target.json", made_by=made_by)
    built_with = read_json(directory / "settings.json", made_by=made_by)
    name = str(directory / "settings.json")
    settings = config.parse(TrainSettings, built_with, name=name)
    try:
        preprocessing = Preprocessing.from_json(encoding)
        target = Target.from_json(answers)
        files = sorted(directory.glob("weight-*.npy"))
        weights = [np.load(file, allow_pickle=False) for file in files]
    except Exception as error:  # damaged files raise many kinds
        raise _unfit(directory, error) from None
    design = Design.of(root, table, settings, name=name)
    if preprocessing.derived != design.features.names:
        raise _unfit(directory, ValueError("features.py derives other columns"))
    model = design.network(preprocessing, target)  # the project's code keeps its traceback
    try:
        model.set_weights(weights)
    except Exception as error:  # Keras raises many kinds on weights of another network
        raise _unfit(directory, error) from None
    return Trained(preprocessing, target, model, design.features)


def _unfit(directory: Path, error: Exception) -> MainlineError:
    return MainlineError(
        f"does not fit the network of today's network.py ({type(error).__name__}: {error}).",
        where=directory,
        hint="`dvc repro train` trains it again.",
    )


def _name(place: int) -> str:
    """Weights are kept by their place: Keras's own names may repeat."""
    return f"weight-{place:03d}.npy"
