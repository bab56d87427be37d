"""Batch scoring on one core: compiled trees beside LightGBM's own `predict`, and whole models.

The same bag scores the same rows, which are in memory, by turns. Whole models are packaged and
score as `mainline score` does, without reading and writing.
"""

import os
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import rows
import tensorflow as tf
from measure import ROOT, Result, main, ratios, rounds, timed
from references import ours

from mainline.core import config
from mainline.core.table import TableSettings
from mainline.model import train
from mainline.model.design import Design
from mainline.model.settings import TrainSettings
from mainline.model.ship import Choice
from mainline.model.trained import Trained
from mainline.packaging.saved_model import export
from mainline.scoring.score import BATCH
from mainline.scoring.scores import BatchScorer
from mainline.trees.bag import Bag
from mainline.trees.ensemble import Ensemble
from mainline.trees.masks import Masks
from mainline.trees.splits import Trees

KNOWN, HELD_OUT = 10_000, 2_000  # rows to train on
LONG = (12, 4)  # numbers and categories
WIDE = ((26, 4), (280, 20))
SIGNAL = 16
LEAST = {"64-32 network": 500_000, "default network": 5_000, "default blend": 5_000}


def measure(sizes: list[int], repeat: int) -> list[Result]:
    """Rows a second and ratios."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    tf.config.threading.set_inter_op_parallelism_threads(1)
    model, bag = trained(rows.contract(*LONG))
    found = whole_models(model, repeat)
    for size in sizes:
        found += beside(model, bag, rows.contract(*LONG), size, repeat)
    for columns in WIDE:
        table = rows.contract(*columns)
        found += beside(*trained(table), table, KNOWN, repeat)
    return found


def settings(**more: object) -> TrainSettings:
    """The worked project's; a network's speed does not depend on how long it was trained."""
    return config.section(ROOT, "train", TrainSettings).model_copy(update={"epochs": 1, **more})


def trained(table: TableSettings) -> tuple[Trained, Bag]:
    """A network and a bag with today's settings, on made-up rows; it ships as half of each."""
    known = rows.frame(table, KNOWN, signal=SIGNAL)
    held_out = rows.frame(table, HELD_OUT, start=10**9, signal=SIGNAL)
    network, _ = train.fit(known, held_out, table, Design.of(ours.project(), table, settings()))
    bag = train._bag(network, known, table, settings())
    encoding = network.preprocessing
    medians = [scale.median for scale in encoding.numbers.values()]
    masks = Masks.of(Trees.of(bag.models, medians), len(medians), encoding.sizes)
    return replace(network, trees=Ensemble(masks), choice=Choice("blend", 0.5, 0.5)), bag


def beside(model: Trained, bag: Bag, table: TableSettings, size: int, repeat: int) -> list[Result]:
    """The compiled bag and LightGBM's own, on the same arrays."""
    frame = rows.frame(table, size, start=2 * 10**9, signal=SIGNAL)
    numbers = frame[table.numbers].to_numpy(np.float32)
    texts = {name: tf.constant(frame[name].to_numpy(object)) for name in table.categories}
    values = {name: tf.constant(numbers[:, at]) for at, name in enumerate(table.numbers)}
    ids = model.preprocessing.encode(values | texts)[1].numpy()
    together = np.concatenate([numbers, ids.astype(np.float32)], axis=1)
    graph = tf.function(model.trees, autograph=False)

    def compiled() -> np.ndarray:
        starts = range(0, size, BATCH)
        parts = [graph(numbers[at : at + BATCH], ids[at : at + BATCH]).numpy() for at in starts]
        return np.concatenate(parts)[:, 0]

    def own() -> np.ndarray:
        parts = [each.predict(together, raw_score=True, num_threads=1) for each in bag.models]
        return np.mean(parts, axis=0)

    some = slice(0, min(size, BATCH))
    apart = np.abs(graph(numbers[some], ids[some]).numpy()[:, 0] - own()[some]).max()
    if apart > 1e-12:
        raise SystemExit(f"compiled trees and LightGBM's differ by {apart:g}.")
    seconds = rounds({"compiled": timer(compiled), "own": timer(own)}, repeat)
    count, name = sum(each.num_trees() for each in bag.models), f"{size:,} x {len(table.features)}"
    return [
        Result.of(f"{count:,} trees, compiled", name, speed(size, seconds["compiled"]), "rows/s"),
        Result.of(f"{count:,} trees, LightGBM's", name, speed(size, seconds["own"]), "rows/s"),
        Result.of(
            "trees, compiled over LightGBM's",
            name,
            ratios(seconds["own"], seconds["compiled"]),
            "x",
            least=1.0,
        ),
    ]


def whole_models(model: Trained, repeat: int) -> list[Result]:
    """What ships, from raw columns to scores."""
    table = rows.contract(*LONG)
    frame = rows.frame(table, BATCH, start=2 * 10**9, signal=SIGNAL)
    plain = Design.of(
        ours.trainers.project(), table, settings(options={"hidden": [64, 32], "dropout": 0.0})
    )
    network, _ = train.fit(frame.iloc[:KNOWN], frame.iloc[-HELD_OUT:], table, plain)
    models = {
        "64-32 network": network,
        "default network": model.candidates()["network"],
        "default blend": model,
    }
    found = []
    for name, each in models.items():
        with tempfile.TemporaryDirectory() as scratch:
            export(each, Path(scratch) / "model")
            with closing(BatchScorer(Path(scratch) / "model")) as scorer:
                arrays = ours.arrays(frame, scorer)
                scorer.score(arrays)
                seconds = [
                    timed(lambda scorer=scorer, arrays=arrays: scorer.score(arrays))
                    for _ in range(repeat)
                ]
        about = (f"one core, {name}", f"{BATCH:,} x {len(table.features)}")
        found.append(Result.of(*about, speed(BATCH, seconds), "rows/s", least=LEAST[name]))
    return found


def timer(step: Callable[[], object]) -> Callable[[], float]:
    """A step that returns its seconds."""
    return lambda: timed(step)


def speed(size: int, seconds: list[float]) -> list[float]:
    """Rows a second."""
    return [size / each for each in seconds]


if __name__ == "__main__":
    main(__doc__, measure, [100_000, 1_000_000], 3)
