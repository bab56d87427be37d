"""The section `gate` of `params.yaml`: the bars. The gate uses those of the base branch."""

from typing import Annotated, Any

from pydantic import Field, model_validator

from mainline.core.config import Settings
from mainline.packaging.settings import GraphSettings


class Bar(Settings):
    """The smallest or the largest allowed value of a figure."""

    min: float | None = None
    max: float | None = None

    @model_validator(mode="after")
    def _one_end(self) -> Any:
        if (self.min is None) == (self.max is None):
            raise ValueError("a bar is either a min or a max.")
        return self


class ChampionSettings(Settings):
    """`margin` is how much worse a proposal's leading figure (ROC AUC, R²) may be.

    `min_rows` is the smallest number of common test rows. `reset` is the reason to give up a
    champion that cannot be compared; it counts only in the proposal that sets it.

    `memory` is the number of releases among which the best is compared, too (0: none), `erosion`
    how much worse than that one the leading figure may be; null is twice `margin`.
    """

    margin: float = Field(ge=0, lt=1)
    min_rows: int = Field(default=200, gt=0)
    memory: int = Field(default=10, ge=0)
    erosion: float | None = Field(default=None, ge=0, lt=1)
    reset: str | None = None

    @property
    def most_lost(self) -> float:
        """The margin below the best release."""
        return 2 * self.margin if self.erosion is None else self.erosion


class BaselineSettings(Settings):
    """`margin` is how much worse than plain trees the leading figure may be."""

    margin: float = Field(ge=0, lt=1)


class SliceSettings(Settings):
    """`largest_gap` is how far a slice's leading figure may be below that of all rows."""

    largest_gap: float = Field(gt=0, lt=1)
    min_rows: int = Field(gt=0)


class LatencySettings(Settings):
    """`ratio` is the largest allowed time for one row, relative to the champion's.

    A model whose 99th percentile is at most `fast_ms` milliseconds passes in any case.

    Without a bar (null), here and below, the measurement is shown but not judged.
    """

    ratio: float | None = Field(default=2.0, gt=0)
    fast_ms: float = Field(default=2.0, ge=0)


class StabilitySettings(Settings):
    """`least` is the smallest allowed rank correlation with the champion's importances."""

    least: float | None = Field(default=None, ge=-1, le=1)


class DriftSettings(Settings):
    """`largest_psi` is the largest allowed PSI of a training column against the champion's.

    The comment reports columns from `some` on, and marks those from `much` on.
    """

    some: float = Field(default=0.1, gt=0)
    much: float = Field(default=0.25, gt=0)
    largest_psi: float | None = Field(default=None, gt=0)


class RobustnessSettings(Settings):
    """The largest allowed falls of the leading figure on worse inputs; null: shown, not judged.

    `noise_drop` is for each noise level, `missing_drop` for each missing column, `unknown_drop`
    for unknown categories.
    """

    noise_drop: float | None = Field(default=None, gt=0)
    missing_drop: float | None = Field(default=None, gt=0)
    unknown_drop: float | None = Field(default=None, gt=0)


class GateSettings(GraphSettings):
    """All bars. The keys of `bars` are figures of the task. `size_mb` limits the model image.

    `operations` are those that the graph may hold beyond the engine's list.

    `fairness` is the largest allowed difference between groups, by name; empty means no bar.
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
