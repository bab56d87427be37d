"""The section `monitoring` of `params.yaml`: what is watched, and what starts a retraining."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from mainline.core.config import Settings
from mainline.params.gate import Bar

Share = Annotated[float, Field(gt=0, lt=1)]
Days = Annotated[int, Field(gt=0)]


class LabelSettings(Settings):
    """How a prediction finds its label: the source's row of the same entity.

    `direction` says where the row's `table.time` lies, seen from the prediction. A row further away
    than `within_days` is another period's. `known` is a column of the source with the day on which
    the label became known; without it the source is asked as of the window's first day, too.

    `delay_days` is how long labels take: quality is computed on the window that ended so many days
    earlier. Without a label after `overdue_days`, something is wrong with them.
    """

    direction: Literal["backward", "forward", "nearest"] = "backward"
    within_days: Days = 31
    known: str | None = None
    delay_days: Annotated[int, Field(ge=0)] = 0
    overdue_days: Days = 62


class QualitySettings(Settings):
    """`alpha` is the chance that a quiet window alarms, all figures and slices together.

    And the chance that a model which is as good as at release ever alarms by its leading figure.
    """

    alpha: Share = 0.01


class DriftSettings(Settings):
    """A column has drifted when its PSI is at least `psi`, beyond the noise of so few rows."""

    psi: float = Field(default=0.1, gt=0)
    alpha: Share = 0.001  # chance that a quiet window alarms, all columns together


class PredictionSettings(Settings):
    """As for a column; and `mean`: how far the mean may be from the rate that the model promised.

    In units of the score; for an amount, in standard deviations of the target.
    """

    psi: float = Field(default=0.1, gt=0)
    mean: float = Field(default=0.05, gt=0)
    alpha: Share = 0.001


class ServiceSettings(Settings):
    """Latency in milliseconds and the share of failed requests that alarm; null: shown only."""

    p99_ms: float | None = Field(default=None, gt=0)
    errors: Share | None = 0.05


class CostSettings(Settings):
    """`prediction` is what one prediction costs, in the unit of `evaluation.costs`."""

    prediction: float = Field(default=0.0, ge=0)


class Rest(Settings):
    """What every trigger has: it rests so many days after a retraining that it asked for."""

    cool_down_days: Days = 14


class TriggerSettings(Rest):
    """A trigger on figures of a window, which wants `min_rows` rows behind a figure.

    For `quality` and `importance` these are rows with a label; for `drift` and `prediction` rows
    that the watched version answered.
    """

    min_rows: Annotated[int, Field(gt=0)] = 1000


class QualityTrigger(TriggerSettings):
    """A figure of the task that is beyond its bar, with its whole interval."""

    bars: Annotated[dict[str, Bar], Field(min_length=1)]


class DriftTrigger(TriggerSettings):
    """So many columns have drifted at least so far."""

    psi: float = Field(default=0.25, gt=0)
    columns: Annotated[int, Field(gt=0)] = 1


class PredictionTrigger(TriggerSettings):
    """The scores have drifted at least so far."""

    psi: float = Field(default=0.25, gt=0)


class ImportanceTrigger(TriggerSettings):
    """The rank correlation of the importances with those at release is below `least`."""

    least: float = Field(default=0.5, gt=-1, lt=1)


class ScheduleTrigger(Rest):
    """The newest training rows are older than `every_days`. No window, so no rows, are asked."""

    every_days: Days


class EventTrigger(Rest):
    """A person or a system says so, with a reason; null refuses it, and no other trigger."""

    cool_down_days: Annotated[int, Field(ge=0)] = 0


class Triggers(Settings):
    """A trigger that has a section is in force; `event` also without one, unless it is null."""

    quality: QualityTrigger | None = None
    drift: DriftTrigger | None = None
    prediction: PredictionTrigger | None = None
    importance: ImportanceTrigger | None = None
    schedule: ScheduleTrigger | None = None
    event: EventTrigger | None = EventTrigger()


class RetrainSettings(Settings):
    """`close`: a pull request whose model is not better is closed, with its reason."""

    close: bool = True


class MonitoringSettings(Settings):
    """Everything has a default, and without triggers nothing retrains by itself."""

    window_days: Days = 7
    min_rows: Annotated[int, Field(gt=0)] = 500  # below it nothing is judged
    labels: LabelSettings = LabelSettings()
    quality: QualitySettings = QualitySettings()
    drift: DriftSettings = DriftSettings()
    prediction: PredictionSettings = PredictionSettings()
    service: ServiceSettings = ServiceSettings()
    costs: CostSettings = CostSettings()
    triggers: Triggers = Triggers()
    retrain: RetrainSettings = RetrainSettings()

    @model_validator(mode="before")
    @classmethod
    def _empty(cls, values: Any) -> Any:
        return {} if values is None else values
