"""A trained network on disk: weights and what encodes its inputs, as bytes that two runs share."""

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from mainline.core import config
from mainline.core.errors import MainlineError
from mainline.core.files import read_json, staged, write_json
from mainline.model import network
from mainline.model.preprocessing import Preprocessing, tensors
from mainline.model.settings import TrainSettings
from mainline.model.target import Target

BATCH = 65_536


@dataclass(frozen=True)
class Trained:
    """A network with the preprocessing that it was trained behind."""

    preprocessing: Preprocessing
    target: Target
    network: keras.Model

    def score(self, frame: pd.DataFrame) -> np.ndarray:
        """Scores, float64 (rows,), multiclass (rows, classes). `frame` holds raw columns."""
        names = {name: spec.dtype for name, spec in self.preprocessing.signature.items()}
        several = self.target.task == "multiclass"
        parts = [np.zeros((0, self.target.width) if several else 0)]  # no rows give no scores
        for start in range(0, len(frame), BATCH):
            rows = tensors(frame.iloc[start : start + BATCH], names)
            parts.append(self(rows).numpy())
        return np.concatenate(parts)

    def __call__(self, inputs: dict[str, tf.Tensor]) -> tf.Tensor:
        """Raw column tensors, each (rows,), to scores, float32, shaped as in `score`."""
        numbers, categories = self.preprocessing.encode(inputs)
        return self.target.scores(self.network([numbers, categories], training=False))


def network_of(
    preprocessing: Preprocessing, target: Target, settings: TrainSettings
) -> keras.Model:
    """A network for these columns and this target, not trained yet.

    Raises MainlineError when what `network.py` builds does not answer as the task needs.
    """
    numbers = 2 * len(preprocessing.numbers)
    built = network.build(numbers, preprocessing.sizes, settings, target.task, target.width)
    if built.output_shape != (None, target.width):
        raise MainlineError(
            f"network.py: the network's output is {built.output_shape}; a {target.task} task needs "
            f"{(None, target.width)}, one row of answers for each row."
        )
    return built


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
        write_json(temporary / "settings.json", settings.model_dump())


def load(directory: Path) -> Trained:
    """Build the network anew and put the saved weights into it.

    Raises MainlineError when the files are absent or do not fit today's `network.py`.
    """
    made_by = "dvc repro train"
    encoding = read_json(directory / "preprocessing.json", made_by=made_by)
    answers = read_json(directory / "target.json", made_by=made_by)
    built_with = read_json(directory / "settings.json", made_by=made_by)
    settings = config.parse(TrainSettings, built_with, name=str(directory / "settings.json"))
    try:
        preprocessing = Preprocessing.from_json(encoding)
        target = Target.from_json(answers)
        files = sorted(directory.glob("weight-*.npy"))
        weights = [np.load(file, allow_pickle=False) for file in files]
    except Exception as error:  # damaged files raise many kinds
        raise _unfit(directory, error) from None
    model = network_of(preprocessing, target, settings)  # the project's code keeps its traceback
    try:
        model.set_weights(weights)
    except Exception as error:  # Keras raises many kinds on weights of another network
        raise _unfit(directory, error) from None
    return Trained(preprocessing, target, model)


def _unfit(directory: Path, error: Exception) -> MainlineError:
    return MainlineError(
        f"does not fit the network of today's network.py ({type(error).__name__}: {error}).",
        where=directory,
        hint="`dvc repro train` trains it again.",
    )


def _name(place: int) -> str:
    """Weights are kept by their place: Keras's own names may repeat."""
    return f"weight-{place:03d}.npy"
