"""The model as the project's network.py and features.py describe it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from mainline import project
from mainline.core.errors import SettingsError
from mainline.core.layout import Layout
from mainline.core.table import TableSettings
from mainline.model.adam import Adam, KerasOptimizer
from mainline.model.columns import IDS, RAW, SCALED, Columns, Task
from mainline.model.features import Features
from mainline.model.preprocessing import Preprocessing
from mainline.model.settings import TrainSettings
from mainline.model.target import Target
from mainline.project import Function

MODULE = "network"
KEY = ("train", "options")


@dataclass(frozen=True)
class Design:
    """`build`, and `optimizer`, `loss` and features where the project has its own."""

    build: Function
    options: Any  # of `build`, as its annotation says
    optimizer: Function | None
    own_loss: Function | None
    features: Features
    settings: TrainSettings

    @classmethod
    def of(
        cls,
        root: Path,
        table: TableSettings,
        settings: TrainSettings,
        *,
        name: str = str(Layout.params),
    ) -> "Design":
        """From the project at `root`; `settings` stand in the file called `name`.

        Raises SettingsError when a function is missing or does not fit, or when `train.options` are
        not what `build` takes.
        """
        build = project.required(root, MODULE, "build", ("columns", "options", "task"))
        optimizer = project.function(root, MODULE, "optimizer", ("options",))
        loss = project.function(root, MODULE, "loss", ("target", "outputs", "options", "task"))
        options = build.options(settings.options, KEY, name)
        for each in (optimizer, loss):
            if each is not None:
                each.options(settings.options, KEY, name)
        if optimizer is not None and "learning_rate" in settings.model_fields_set:
            raise SettingsError(
                f"'train.learning_rate' has no effect: {optimizer} makes the optimizer.",
                where=name,
                hint="Put it into train.options.",
            )
        return cls(build, options, optimizer, loss, Features.of(root, table), settings)

    def network(self, preprocessing: Preprocessing, target: Target) -> keras.Model:
        """A network for these columns and this target, not trained yet.

        Raises SettingsError when what `build` returns does not read columns or does not answer as
        the task needs.
        """
        columns, task = Columns.of(preprocessing), Task.of(target)
        built = self.build(columns=columns, options=self.options, task=task)
        if not isinstance(built, keras.Model) or not getattr(built, "inputs", None):
            raise self.build.wrong(
                "returns no network.",
                found=f"a {type(built).__name__}",
                expected="keras.Model(columns.inputs, output)",
            )
        known = {SCALED, IDS, *(f"{RAW}{name}" for name in preprocessing.everything)}
        for each in built.inputs:
            if each.name not in known:
                raise self.build.wrong(
                    "the network has an input that is not a column.",
                    found=repr(each.name),
                    expected="columns.inputs, and raw tensors of columns",
                )
        if built.output_shape != (None, target.width):
            raise self.build.wrong(
                f"the network's answer does not fit a {target.task} task.",
                found=f"shape {built.output_shape}",
                expected=f"shape {(None, target.width)}",
                hint="`task.width` and `task.activation` give the last layer.",
            )
        return built

    def loss(self, target: Target) -> "Loss":
        """The loss of rows: the project's, or the one that fits the task."""
        return Loss(self, target)

    def stepper(self, network: keras.Model) -> Adam | KerasOptimizer:
        """What takes the steps: the engine's Adam, or what the project's `optimizer` returns."""
        weights = network.trainable_variables
        if self.optimizer is None:
            return Adam(weights, self.settings.learning_rate)
        found = self.optimizer(options=self.optimizer.options(self.settings.options, KEY))
        if not isinstance(found, keras.optimizers.Optimizer):
            raise self.optimizer.wrong(
                "returns no optimizer.",
                found=f"a {type(found).__name__}",
                expected="a keras.optimizers.Optimizer",
            )
        return KerasOptimizer(found, weights)


class Loss:
    """Each row's loss (rows,), of targets float32 (rows, 1) and outputs (rows, width)."""

    def __init__(self, design: Design, target: Target) -> None:
        self._own, self._target, self._task = design.own_loss, target, Task.of(target)
        if self._own is not None:
            self._options = self._own.options(design.settings.options, KEY)

    def __call__(self, target: tf.Tensor, outputs: tf.Tensor) -> tf.Tensor:
        """Raises SettingsError when the project's own gives something else."""
        if self._own is None:
            return self._target.loss(target, outputs)
        found = self._own(target=target, outputs=outputs, options=self._options, task=self._task)
        if not tf.is_tensor(found) or found.shape.rank != 1 or found.dtype != tf.float32:
            shown = f"{found.dtype.name} {found.shape}" if tf.is_tensor(found) else repr(found)
            raise self._own.wrong(
                "gives no loss for each row.", found=shown, expected="a tensor, float32 (rows,)"
            )
        return found
