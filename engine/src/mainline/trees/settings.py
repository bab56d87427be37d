"""The section `train.trees` of `params.yaml`."""

from typing import Annotated, Any

from pydantic import Field

from mainline.core.config import Settings

MANY_VALUES, FOLDS, FEWEST_FOLDS = 3_000_000, 8, 5  # rows x columns of a large table
BINS, MOST_BINS, FEWEST_BINS = 20_000, 255, 63  # of all numbers together, and of one


class BagSettings(Settings):
    """A bag of LightGBM models, in LightGBM's own words but for `folds`.

    Each of `num_leaves` is tried, in order, until rows left out are answered worse. The served
    graph has a table of at most columns x `max_bin` x trees cells of four bytes. Without `max_bin`
    the numbers of a wide table share `BINS`. Without `folds` a table of more than `MANY_VALUES` has
    fewer.
    """

    folds: int | None = Field(default=None, ge=2, le=20)  # models, each with one fold left out
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
    max_bin: int | None = Field(default=None, gt=1, le=65535)
    num_threads: int = Field(default=2, gt=0)

    def parts(self, values: int) -> int:
        """How many folds a table of so many values has."""
        return self.folds or (FOLDS if values <= MANY_VALUES else FEWEST_FOLDS)

    def bins(self, numbers: int, categories: int) -> dict[str, Any]:
        """LightGBM's parameters for how many values of a column are told apart."""
        shared = max(FEWEST_BINS, BINS // max(1, numbers))
        if self.max_bin or shared >= MOST_BINS:
            return {"max_bin": self.max_bin or MOST_BINS}
        each = [shared] * numbers + [MOST_BINS] * categories
        return {"max_bin": MOST_BINS, "max_bin_by_feature": each}
