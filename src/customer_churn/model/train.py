"""Stage `train`: the network and its baseline, on the same rows."""

from pathlib import Path

import joblib
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from customer_churn.core import config, parquet, paths
from customer_churn.core.errors import UserError
from customer_churn.core.files import staged, write_text
from customer_churn.core.progress import Progress, say
from customer_churn.core.table import TableSettings
from customer_churn.model import baseline, network, runtime, trained
from customer_churn.model.preprocessing import Preprocessing, tensors
from customer_churn.model.settings import TrainSettings
from customer_churn.model.trained import Trained

STEPS_PER_CALL = 32  # batches that TensorFlow runs before it comes back to Python


def run(root: Path) -> None:
    """Train on `paths.SPLIT`; write `paths.TRAINED`, `paths.BASELINE` and `paths.CURVE`."""
    settings = config.section(root, "train", TrainSettings)
    table = config.section(root, "table", TableSettings)
    train = parquet.read_part(root, "train")
    validation = parquet.read_part(root, "validation")
    runtime.deterministic(settings.seed)
    say("train", f"{len(train):,} rows on {runtime.device()}, {len(table.features)} columns")
    model, curve = fit(train, validation, table, settings)
    trees = baseline.fit(train, table, settings.baseline, settings.seed)
    trained.save(model, settings, root / paths.TRAINED)
    with staged(root / paths.BASELINE) as temporary:
        joblib.dump(trees, temporary)
    write_text(root / paths.CURVE, curve.round(6).to_csv(index=False, lineterminator="\n"))
    best = curve.loc[curve["validation_loss"].idxmin()]
    say(
        "train",
        f"kept epoch {best['epoch']:.0f} of {len(curve)}, validation loss "
        f"{best['validation_loss']:.4f}; baseline fitted",
    )


def fit(
    train: pd.DataFrame, validation: pd.DataFrame, table: TableSettings, settings: TrainSettings
) -> tuple[Trained, pd.DataFrame]:
    """Train with early stopping on the validation loss and keep the best epoch's weights.

    Returns the model and the curve (epoch, loss, validation_loss). Raises UserError when the loss
    is no number.
    """
    preprocessing = Preprocessing.fit(train, table, settings.max_categories)
    model = network.build(2 * len(preprocessing.numbers), preprocessing.sizes, settings)
    model.compile(
        optimizer=keras.optimizers.Adam(settings.learning_rate),
        loss="binary_crossentropy",
        steps_per_execution=STEPS_PER_CALL,
    )
    with Progress("train", "epochs", settings.epochs) as progress:
        history = model.fit(
            _batches(_encoded(train, preprocessing, table), settings, shuffle=True),
            validation_data=_batches(
                _encoded(validation, preprocessing, table), settings, shuffle=False
            ),
            epochs=settings.epochs,
            shuffle=False,  # the data set shuffles itself
            verbose=0,
            callbacks=[
                keras.callbacks.EarlyStopping(
                    patience=settings.patience, restore_best_weights=True
                ),
                keras.callbacks.TerminateOnNaN(),
                _Report(progress),
            ],
        ).history
    curve = pd.DataFrame(
        {
            "epoch": range(1, len(history["loss"]) + 1),
            "loss": history["loss"],
            "validation_loss": history["val_loss"],
        }
    )
    if not np.isfinite(curve.to_numpy()).all():
        raise UserError(
            f"training: the loss is no number after epoch {len(curve)}. A smaller "
            "train.learning_rate is the usual cure."
        )
    return Trained(preprocessing, model), curve


class _Report(keras.callbacks.Callback):
    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress = progress

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        figures = logs or {}
        self.progress.step(
            note=f"loss {figures.get('loss', np.nan):.4f}, "
            f"validation {figures.get('val_loss', np.nan):.4f}"
        )


Encoded = tuple[tf.Tensor, tf.Tensor, tf.Tensor]


def _encoded(frame: pd.DataFrame, preprocessing: Preprocessing, table: TableSettings) -> Encoded:
    """Encode every row once, by the graph that serves, instead of once an epoch."""
    names = {name: spec.dtype for name, spec in preprocessing.signature.items()}
    encode = tf.function(preprocessing.encode)
    parts = [
        encode(tensors(frame.iloc[start : start + trained.BATCH], names))
        for start in range(0, len(frame), trained.BATCH)
    ]
    numbers, categories = (tf.concat(column, axis=0) for column in zip(*parts, strict=True))
    return numbers, categories, tf.constant(frame[table.target].to_numpy(np.float32))


def _batches(encoded: Encoded, settings: TrainSettings, *, shuffle: bool) -> tf.data.Dataset:
    """Batches gathered by row number: shuffling moves integers, not rows."""
    numbers, categories, target = encoded
    rows = tf.data.Dataset.range(len(target))
    if shuffle:
        rows = rows.shuffle(len(target), seed=settings.seed)
    rows = rows.batch(settings.batch_size)

    def gather(index: tf.Tensor) -> tuple[tuple[tf.Tensor, tf.Tensor], tf.Tensor]:
        inputs = (tf.gather(numbers, index), tf.gather(categories, index))
        return inputs, tf.gather(target, index)

    return rows.map(gather, num_parallel_calls=2, deterministic=True).prefetch(2)
