"""The section `train.trees` of `params.yaml`."""

from typing import Annotated

from pydantic import Field

from mainline.core.config import Settings


class BagSettings(Settings):
    """A bag of LightGBM models, in LightGBM's own words but for `folds`.

    Each of `num_leaves` is tried, in order, until rows left out are answered worse. The served
    graph has a table of at most columns x `max_bin` x trees cells of four bytes.
    """

    folds: int = Field(default=8, ge=2, le=20)  # as many models, each with one fold left out
    num_iterations: int = Field(default=2000, gt=0)
    early_stopping_rounds: int = Field(default=60, gt=0)  # on the fold left out
    learning_rate: float = Field(default=0.1, gt=0)
    num_leaves: list[Annotated[int, Field(gt=1, le=63)]] = Field(
        default=[7, 15, 31, 63], min_length=1
    )
    min_data_in_leaf: int = Field(default=20, gt=0)
    feature_fraction: float = Field(default=0.5, gt=0, le=1)
    lambda_l2: float = Field(default=3.0, ge=0)
    cat_smooth: float = Field(default=50.0, ge=0)
    min_data_per_group: int = Field(default=200, gt=0)
    max_bin: int = Field(default=255, gt=1, le=65535)
    num_threads: int = Field(default=2, gt=0)
