"""A trained network on disk: weights and what encodes its inputs, as bytes that two runs share."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
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
from mainline.model.ship import NETWORK, Choice
from mainline.model.stacked import Stacked
from mainline.model.target import Target
from mainline.trees.ensemble import Ensemble
from mainline.trees.masks import Masks


@dataclass(frozen=True)
class Trained:
    """Network and trees with the features and the preprocessing that they were trained behind.

    What ships is their mean, weighted by `choice.share`.
    """

    preprocessing: Preprocessing
    target: Target
    network: keras.Model
    features: Features = field(default_factory=Features)
    trees: Ensemble | None = None
    choice: Choice = NETWORK
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

    @property
    def variables(self) -> list[tf.Variable]:
        """What the answer depends on, in a fixed order.

        TensorFlow's own variables, not Keras's wrappers around them: a wrapper is saved as a second
        variable, and a server's loader restores that one while the graph reads the other.
        """
        network = [weight.value for weight in self.network.weights]
        trees = [] if self.trees is None else self.trees.variables
        share = self.choice.share
        return [*(network if share < 1 else []), *(trees if share > 0 else [])]

    def candidates(self) -> "dict[str, Trained]":
        """This model as each candidate would ship: `network`, and `trees` and `blend` if fitted."""
        shares = {"network": 0.0}
        if self.trees is not None:
            shares |= {"trees": 1.0, "blend": self.choice.blend}
        return {
            name: replace(self, choice=replace(self.choice, name=name, share=share))
            for name, share in shares.items()
        }

    def each_score(self, frame: pd.DataFrame) -> dict[str, np.ndarray]:
        """As `score`, of each of the `candidates`: network and trees answer once each."""
        models = self.candidates()
        outputs = {name: each.outputs(frame) for name, each in models.items() if name != "blend"}
        network, trees = outputs["network"], outputs.get("trees", 0.0)
        return {
            name: np.asarray(self.target.scores(each.choice.blended(network, trees)), np.float64)
            for name, each in models.items()
        }

    def outputs(self, frame: pd.DataFrame) -> np.ndarray:
        """As `output`, of rows of raw columns."""
        return self._scored(self.added(frame), self.preprocessing.everything, self.output)

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
        return self.target.scores(self.output(columns))

    def output(self, columns: dict[str, tf.Tensor]) -> tf.Tensor:
        """Raw and derived column tensors to outputs, float32 (rows, width)."""
        scaled, ids = self.preprocessing.encode(columns)
        share, parts = self.choice.share, []
        if share < 1:
            known = {SCALED: scaled, IDS: ids} | {f"{RAW}{name}": columns[name] for name in columns}
            inputs = [known[each.name] for each in self.network.inputs]
            parts.append((1 - share, self.network(inputs, training=False)))
        if self.trees is not None and share > 0:
            numbers = [columns[name] for name in self.preprocessing.numbers]
            stacked = tf.stack(numbers, axis=1) if numbers else tf.zeros([tf.shape(ids)[0], 0])
            parts.append((share, self.target.outputs(self.trees(stacked, ids))))
        return parts[0][1] if len(parts) == 1 else tf.add_n([each * of for each, of in parts])


HELD_OUT = "held-out.npy"


def save(trained: Trained, settings: TrainSettings, directory: Path, held_out: np.ndarray) -> None:
    """Write each array's `.npy`, and what encodes and chooses as JSON.

    No archive: what zipfile writes differs between patch versions of Python.
    """
    with staged(directory) as temporary:
        temporary.mkdir()
        for place, weight in enumerate(trained.network.get_weights()):
            np.save(temporary / _name(place), weight, allow_pickle=False)
        write_json(temporary / "preprocessing.json", trained.preprocessing.to_json())
        write_json(temporary / "target.json", trained.target.to_json())
        np.save(temporary / HELD_OUT, held_out, allow_pickle=False)
        if trained.trees is not None:
            trained.trees.masks.write(temporary)
        write_json(temporary / "choice.json", asdict(trained.choice))
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
    chosen = read_json(directory / "choice.json", made_by=made_by)
    name = str(directory / "settings.json")
    settings = config.parse(TrainSettings, built_with, name=name)
    try:
        preprocessing = Preprocessing.from_json(encoding)
        target = Target.from_json(answers)
        files = sorted(directory.glob("weight-*.npy"))
        weights = [np.load(file, allow_pickle=False) for file in files]
        trees = Ensemble(Masks.read(directory))
        choice = Choice(**chosen)
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
    return Trained(preprocessing, target, model, design.features, trees, choice)


def held_out(directory: Path, rows: int) -> np.ndarray:
    """Scores of the `rows` validation rows, in which each tree answers to rows it has not seen.

    Raises MainlineError when the file is absent or does not fit.
    """
    try:
        scores: np.ndarray = np.load(directory / HELD_OUT, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise _unfit(directory, error) from None
    if len(scores) != rows or not np.isfinite(scores).all():
        raise _unfit(directory, ValueError(f"{HELD_OUT} has no score for each validation row"))
    return scores.astype(np.float64)


def _unfit(directory: Path, error: Exception) -> MainlineError:
    return MainlineError(
        f"does not fit the network of today's network.py ({type(error).__name__}: {error}).",
        where=directory,
        hint="`dvc repro train` trains it again.",
    )


def _name(place: int) -> str:
    """Weights are kept by their place: Keras's own names may repeat."""
    return f"weight-{place:03d}.npy"
