"""The section `train` of `params.yaml`."""

from typing import Any

from pydantic import Field

from mainline.core.config import Settings
from mainline.model.plain_trees import PlainTreesSettings
from mainline.model.ship import Ship
from mainline.trees.settings import BagSettings


class TrainSettings(Settings):
    """How network and trees are trained, and which ship; a seed fixes every random choice.

    `learning_rate` is that of the engine's own optimizer. `options` are the project's: its
    network.py says which there are.
    """

    seed: int = Field(ge=0, lt=2**32)
    epochs: int = Field(gt=0)
    patience: int = Field(default=5, gt=0)
    epoch_rows: int = Field(default=100_000, gt=0)  # at most: the loss is judged after each epoch
    batch_size: int = Field(default=256, gt=0)
    learning_rate: float = Field(default=0.001, gt=0)
    options: dict[str, Any] = {}
    max_categories: int = Field(default=100, gt=0)
    min_category_rows: int = Field(default=10, gt=0)  # a value of few rows may name a person
    ship: Ship = "best"
    trees: BagSettings = BagSettings()
    baseline: PlainTreesSettings = PlainTreesSettings()
