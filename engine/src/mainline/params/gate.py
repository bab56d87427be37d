"""The section `gate` of `params.yaml`: the bars. Those of the base branch are the ones in force."""

from typing import Annotated, Any

from pydantic import Field, model_validator

from mainline.core.config import Settings


class Bar(Settings):
    """The least or the most that a figure may be."""

    min: float | None = None
    max: float | None = None

    @model_validator(mode="after")
    def _one_end(self) -> Any:
        if (self.min is None) == (self.max is None):
            raise ValueError("a bar is either a min or a max.")
        return self


class ChampionSettings(Settings):
    """`margin` is the leading figure (ROC AUC, R²) that a proposal may be worse by.

    `min_rows` is the least number of common test rows. `reset` says why a champion that cannot be
    compared with is given up; it counts only in the proposal that sets it.
    """

    margin: float = Field(ge=0, lt=1)
    min_rows: int = Field(default=200, gt=0)
    reset: str | None = None


class BaselineSettings(Settings):
    """`margin` is the leading figure that the network may be worse by than the trees."""

    margin: float = Field(ge=0, lt=1)


class SliceSettings(Settings):
    """`largest_gap` is how far a slice's leading figure may lie below that of all rows."""

    largest_gap: float = Field(gt=0, lt=1)
    min_rows: int = Field(gt=0)


class LatencySettings(Settings):
    """`ratio` is how many times as long as the champion a proposal may take for one row.

    Without a bar (null), here and below, what is measured is shown and not judged.
    """

    ratio: float | None = Field(default=2.0, gt=0)


class StabilitySettings(Settings):
    """`least` is the rank correlation that importances have with the champion's at least."""

    least: float | None = Field(default=None, ge=-1, le=1)


class DriftSettings(Settings):
    """`largest_psi` is how far a column of the training rows may have moved from the champion's.

    From `some` and `much` on the comment says so.
    """

    some: float = Field(default=0.1, gt=0)
    much: float = Field(default=0.25, gt=0)
    largest_psi: float | None = Field(default=None, gt=0)


class RobustnessSettings(Settings):
    """The most that the leading figure may fall when inputs get worse; null is shown, not judged.

    `noise_drop` is for each level of noise, `missing_drop` for each column that is missing,
    `unknown_drop` for categories that training has never seen.
    """

    noise_drop: float | None = Field(default=None, gt=0)
    missing_drop: float | None = Field(default=None, gt=0)
    unknown_drop: float | None = Field(default=None, gt=0)


class GateSettings(Settings):
    """Every bar; `bars` by the names of the task's figures. `size_mb` bounds the model image.

    `fairness` is the largest difference that groups may show, by its name; empty is no bar.
    """

    bars: dict[str, Bar]
    champion: ChampionSettings
    baseline: BaselineSettings
    slices: SliceSettings
    latency: LatencySettings = LatencySettings()
    stability: StabilitySettings = StabilitySettings()
    drift: DriftSettings = DriftSettings()
    robustness: RobustnessSettings = RobustnessSettings()
    fairness: dict[str, Annotated[float, Field(gt=0)]] = {}
    size_mb: float = Field(gt=0)
