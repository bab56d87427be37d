"""The section `train` of `params.yaml`."""

from typing import Annotated

from pydantic import Field

from mainline.core.config import Settings
from mainline.model.trees import TreesSettings


class TrainSettings(Settings):
    """How the network is built and trained; a seed fixes every random choice."""

    seed: int = Field(ge=0, lt=2**32)
    epochs: int = Field(gt=0)
    patience: int = Field(default=5, gt=0)
    batch_size: int = Field(default=256, gt=0)
    learning_rate: float = Field(default=0.001, gt=0)
    hidden: list[Annotated[int, Field(gt=0)]] = [64, 32]
    dropout: float = Field(default=0.1, ge=0, lt=1)
    l2: float = Field(default=0.0, ge=0)
    embedding: int = Field(default=4, gt=0)
    max_categories: int = Field(default=100, gt=0)
    min_category_rows: int = Field(default=10, gt=0)  # a value of few rows may name a person
    baseline: TreesSettings = TreesSettings()
