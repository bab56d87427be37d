"""One way of training in a process of its own: `trainers.py WAY ROWS` prints what it took."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import rows

from mainline import DEFAULTS

BATCH, EPOCHS, HIDDEN = 1024, 12, (64, 32)  # a run of the worked example takes 13 epochs
TABLE = rows.contract(12, 4)
SMALL = Path(__file__).parents[1] / "tests/small"


@dataclass(frozen=True)
class Speed:
    """Rows a second, rows times epochs over seconds: on the wall, and over those of all cores."""

    wall: float
    cpu: float


def run(way: str, count: int) -> Speed:
    """The speed of a process that trains `way`."""
    line = [sys.executable, __file__, way, str(count)]
    # Whoever measures has set what suits ours: the others begin with what they find on a machine.
    plain = {name: value for name, value in os.environ.items() if name not in DEFAULTS}
    environment = plain | (DEFAULTS if way == "ours" else {})
    done = subprocess.run(
        line,
        cwd=Path(__file__).parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    wall, cpu = map(float, done.stdout.splitlines()[-1].split())
    return Speed(wall, cpu)


def ours(frame: pd.DataFrame) -> Callable[[], int]:
    """The stage's own function, with as many epochs and a baseline that is left out."""
    from mainline.model import runtime, train  # noqa: PLC0415
    from mainline.model.design import Design  # noqa: PLC0415
    from mainline.model.settings import TrainSettings  # noqa: PLC0415

    settings = TrainSettings(
        seed=1,
        epochs=EPOCHS,
        patience=EPOCHS,
        epoch_rows=len(frame),
        batch_size=BATCH,
        options={"hidden": list(HIDDEN), "dropout": 0.0},
    )
    design = Design.of(project(), TABLE, settings)
    runtime.deterministic(settings.seed)
    held_out = rows.frame(TABLE, 1_000, start=10**9)

    def fit() -> int:
        train.fit(frame, held_out, TABLE, design)
        return EPOCHS

    return fit


def project() -> Path:
    """The small project of the tests with its network alone, which fits any columns."""
    root = Path(tempfile.mkdtemp(prefix="mainline-bench-"))
    for name in ("pyproject.toml", "src/small/__init__.py", "src/small/network.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(SMALL / name, root / name)
    return root


def mapped(frame: pd.DataFrame, parallel: bool) -> Callable[[], int]:
    """Keras's preprocessing layers in a `map` over single rows, then batches, then `fit`."""
    import keras  # noqa: PLC0415
    import tensorflow as tf  # noqa: PLC0415

    def fit() -> int:
        encode = preprocessing(frame)
        calls = tf.data.AUTOTUNE if parallel else None
        columns = {name: frame[name].to_numpy(np.float32) for name in TABLE.numbers}
        columns = {name: np.nan_to_num(values) for name, values in columns.items()}
        columns |= {name: frame[name].to_numpy(object) for name in TABLE.categories}
        data = tf.data.Dataset.from_tensor_slices((columns, frame[TABLE.target].to_numpy()))
        data = data.map(lambda row, left: (encode(row), left), num_parallel_calls=calls)
        data = data.batch(BATCH).prefetch(tf.data.AUTOTUNE)
        layers = [keras.layers.Dense(units, activation="relu") for units in HIDDEN]
        model = keras.Sequential([*layers, keras.layers.Dense(1, activation="sigmoid")])
        model.compile("adam", "binary_crossentropy")
        model.fit(data, epochs=EPOCHS, verbose=0)
        return EPOCHS

    return fit


def preprocessing(frame: pd.DataFrame) -> Callable[[dict], object]:
    """What encodes one row, as the tutorials build it: a layer a column."""
    import tensorflow as tf  # noqa: PLC0415
    from keras import layers  # noqa: PLC0415

    by_name = {}
    for name in TABLE.numbers:
        by_name[name] = layers.Normalization(axis=None)
        by_name[name].adapt(np.nan_to_num(frame[name].to_numpy(np.float32)))
    for name in TABLE.categories:
        by_name[name] = layers.StringLookup(output_mode="one_hot")
        by_name[name].adapt(frame[name].to_numpy(object))

    def encode(row: dict) -> object:
        parts = [by_name[name](row[name]) for name in TABLE.features]
        return tf.concat([tf.reshape(tf.cast(part, tf.float32), [-1]) for part in parts], axis=0)

    return encode


def classifier(frame: pd.DataFrame) -> Callable[[], int]:
    """scikit-learn's, behind its own preprocessing."""
    from sklearn.compose import make_column_transformer  # noqa: PLC0415
    from sklearn.impute import SimpleImputer  # noqa: PLC0415
    from sklearn.neural_network import MLPClassifier  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import OneHotEncoder, StandardScaler  # noqa: PLC0415

    network = MLPClassifier(
        HIDDEN, batch_size=BATCH, max_iter=EPOCHS, n_iter_no_change=EPOCHS, random_state=1
    )
    encode = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), TABLE.numbers),
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), TABLE.categories),
    )

    def fit() -> int:
        make_pipeline(encode, network).fit(frame[TABLE.features], frame[TABLE.target])
        return EPOCHS

    return fit


def prepared(way: str, frame: pd.DataFrame) -> Callable[[], int]:
    """A way of training with everything imported; it returns how many epochs it took."""
    if way.startswith("map"):
        return mapped(frame, parallel=way != "map")
    return {"ours": ours, "MLPClassifier": classifier}[way](frame)


if __name__ == "__main__":
    if sys.argv[1] != "ours":  # importing the table's contract has set it here, too
        for name in DEFAULTS:
            os.environ.pop(name, None)
    made = rows.frame(TABLE, int(sys.argv[2]))
    fit = prepared(sys.argv[1], made)
    begun, used = time.perf_counter(), time.process_time()
    seen = len(made) * fit()
    print(seen / (time.perf_counter() - begun), seen / (time.process_time() - used))
