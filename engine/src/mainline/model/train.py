"""Stage `train`: network, trees and a baseline, on the same rows; what ships is chosen."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import tensorflow as tf

from mainline.core import config, parquet
from mainline.core.errors import MainlineError
from mainline.core.files import staged, write_text
from mainline.core.layout import Layout
from mainline.core.progress import Progress, say
from mainline.core.table import TableSettings
from mainline.model import baseline, effort, runtime, seconds, ship, trained
from mainline.model import minibatches as batches
from mainline.model import training_loop as loop
from mainline.model.columns import IDS
from mainline.model.design import Design
from mainline.model.preprocessing import Preprocessing, tensors
from mainline.model.settings import TrainSettings
from mainline.model.target import Target
from mainline.model.trained import Trained
from mainline.trees import bag
from mainline.trees.bag import Bag
from mainline.trees.ensemble import Ensemble
from mainline.trees.masks import Masks
from mainline.trees.splits import Trees


def run(root: Path) -> None:
    """Train on `Layout.split`; write `Layout.trained`, `Layout.baseline` and `Layout.curve`."""
    settings = config.section(root, "train", TrainSettings)
    table = config.section(root, "table", TableSettings)
    train = parquet.read_part(root, "train", table.columns)
    validation = parquet.read_part(root, "validation", table.columns)
    runtime.deterministic(settings.seed)
    say("train", f"{len(train):,} rows on {runtime.device()}, {len(table.features)} columns")
    design = Design.of(root, table, settings)
    start = time.monotonic()
    model, curve = fit(train, validation, table, design)
    fitted = time.monotonic()
    model, held_out = with_trees(model, train, validation, table, settings)
    took = {"network": fitted - start, "trees": time.monotonic() - fitted}
    took["blend"] = sum(took.values())
    trees = baseline.fit(train, table, settings.baseline, settings.seed)
    trained.save(model, settings, Layout(root).trained, held_out)
    seconds.write(root, Layout(root).trained, took)
    with staged(Layout(root).baseline) as temporary:
        joblib.dump(trees, temporary)
    write_text(Layout(root).curve, curve.round(6).to_csv(index=False, lineterminator="\n"))
    best = int(curve["validation_loss"].argmin())
    say(
        "train",
        f"kept epoch {best + 1} of {len(curve)}, validation loss "
        f"{curve['validation_loss'].iloc[best]:.4f}; baseline fitted",
    )
    say("train", f"ships: {model.choice.name}, {model.choice.share:.0%} trees")


def fit(
    train: pd.DataFrame,
    validation: pd.DataFrame,
    table: TableSettings,
    design: Design,
    watch: Callable[[int, float], None] = lambda _epoch, _loss: None,
) -> tuple[Trained, pd.DataFrame]:
    """Train with early stopping on the validation loss and keep the best epoch's weights.

    `watch` is told the epochs that are done and the validation loss; what it raises ends training.
    Returns the model and the curve (epoch, loss, validation_loss). Raises MainlineError when the
    loss is not a number or when a part has no rows.
    """
    settings, features = design.settings, design.features
    train, validation = features.added(train), features.added(validation)
    features.known(train)
    preprocessing = Preprocessing.fit(
        train,
        features.table(table),
        settings.max_categories,
        settings.min_category_rows,
        features.names,
    )
    target = Target.fit(train[table.target], table)
    model, loss_of_rows = design.network(preprocessing, target), design.loss(target)
    names = [each.name for each in model.inputs]
    rows = batches.encoded(train, preprocessing, target, table, "training", inputs=names)
    held_out = batches.encoded(validation, preprocessing, target, table, "validation", inputs=names)
    if design.own_loss is not None:  # tried outside of a graph, where its errors read as they are
        *inputs, answers = [column[:2] for column in rows]
        loss_of_rows(answers, model(inputs, training=False))
    stepper = design.stepper(model)
    epoch = loop.epoch_of(model, loss_of_rows, stepper)
    loss_of = loop.loss_of(model, loss_of_rows)
    orders = batches.orders(len(train), settings.batch_size, settings.seed, settings.epoch_rows)
    losses: list[tuple[float, float]] = []
    best, kept = np.inf, model.get_weights()
    waited = 0
    with Progress("train", "epochs", settings.epochs) as progress:
        while len(losses) < settings.epochs and waited < settings.patience:
            loss = float(epoch(rows, next(orders)))
            with stepper.averaged():
                validation_loss, weights = float(loss_of(held_out)), model.get_weights()
            losses.append((loss, validation_loss))
            if not np.isfinite(losses[-1]).all():
                raise MainlineError(
                    f"training: the loss is not a number after epoch {len(losses)}. A smaller "
                    "train.learning_rate is the usual cure."
                )
            waited += 1
            if validation_loss < best:
                best, kept, waited = validation_loss, weights, 0
            progress.step(note=f"loss {loss:.4f}, validation {validation_loss:.4f}")
            watch(len(losses), validation_loss)
    model.set_weights(kept)
    network = Trained(preprocessing, target, model, features)
    curve = pd.DataFrame(losses, columns=["loss", "validation_loss"])
    curve.insert(0, "epoch", range(1, len(curve) + 1))
    return network, curve


def with_trees(
    network: Trained,
    train: pd.DataFrame,
    validation: pd.DataFrame,
    table: TableSettings,
    settings: TrainSettings,
) -> tuple[Trained, np.ndarray]:
    """Add a bag of trees, fitted on the rows of both parts, and choose what ships.

    Returns the model, and its scores of the validation rows, in which each tree answers only to
    rows that it has not seen. Where the validation rows are later than all training rows, the trees
    are fitted on training rows alone: those of other entities would tell them of a time that the
    network does not know. Raises DataError when all rows are of one entity.
    """
    later = _later(train, validation, table)
    trees = _bag(network, train if later else pd.concat([train, validation]), table, settings)
    preprocessing, target = network.preprocessing, network.target
    medians = [scale.median for scale in preprocessing.numbers.values()]
    masks = Masks.of(Trees.of(trees.models, medians), len(medians), preprocessing.sizes)
    if later:
        alone = replace(network, trees=Ensemble(masks), choice=ship.Choice("trees", 1.0, 1.0))
        of_trees = alone.outputs(validation)
    else:
        of_trees = target.outputs(trees.held_out[len(train) :]).numpy()
    outputs = {"network": network.outputs(validation), "trees": of_trees}
    answers = tf.constant(target.encode(validation[table.target]))
    choice = ship.choose(
        outputs["network"],
        outputs["trees"],
        lambda found: target.loss(answers, tf.constant(found, tf.float32)).numpy(),
        validation[table.entity].to_numpy(),
        settings.ship,
        order=effort.cheapest_first(network.network, masks),
    )
    held_out = target.scores(choice.blended(outputs["network"], outputs["trees"]))
    return replace(network, trees=Ensemble(masks), choice=choice), np.asarray(held_out)


def _later(train: pd.DataFrame, validation: pd.DataFrame, table: TableSettings) -> bool:
    """Whether the rows are split by time: each validation row is later than all training rows."""
    if table.time is None:
        return False
    return bool(validation[table.time].min() > train[table.time].max())


def _bag(
    network: Trained, rows: pd.DataFrame, table: TableSettings, settings: TrainSettings
) -> Bag:
    preprocessing, target = network.preprocessing, network.target
    rows = network.added(rows)
    ids, answers = batches.encoded(rows, preprocessing, target, table, "training", inputs=(IDS,))
    known = tensors(rows, dict.fromkeys(preprocessing.numbers, tf.float32))
    columns = [*(value.numpy() for value in known.values()), *ids.numpy().T]
    return bag.best(
        (
            np.stack(columns, axis=1).astype(np.float32),
            answers.numpy()[:, 0],
            rows[table.entity].to_numpy(),
        ),
        settings.trees,
        lambda sums, places: float(
            tf.reduce_mean(target.loss(tf.gather(answers, places), target.outputs(sums)))
        ),
        categories=ids.shape[1],
        task=table.task,
        outputs=target.width,
        seed=settings.seed,
    )
