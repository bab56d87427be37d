"""The section `routes` of the gateway's settings: what a challenger gets."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from mainline.core.config import Settings

Share = Annotated[float, Field(ge=0, le=1)]
FigureName = Literal[
    "log_loss",
    "brier",
    "error",
    "cost",
    "absolute_error",
    "squared_error",
    "conversion",
    "event_rate",
    "latency",
    "failures",
]


class Split(Settings):
    """The challenger answers instead of the main server.

    `by: entity` sends `share` of all entities to it, `by: weight` that share of all requests, and
    `by: header` each request whose header `headers.arm` is `challenger`.
    """

    by: Literal["entity", "weight", "header"]
    share: Share | None = None

    @model_validator(mode="after")
    def _share(self) -> Self:
        if self.by == "header" and self.share is not None:
            raise ValueError("a split by header has no share")
        if self.by != "header" and self.share is None:
            raise ValueError(f"a split by {self.by} needs a share, such as `share: 0.1`")
        return self


class RoutesSettings(Settings):
    """Who gets which requests. Without `shadow` and `split` all go to the main server alone.

    `shadow` is the share of requests that the challenger gets a copy of. `experiment` is part of
    each hash: the next experiment puts other entities and requests to the challenger. `figure` is
    what `mainline experiment` decides on; the gateway itself does not use it.
    """

    experiment: str = ""
    figure: FigureName | None = None
    shadow: Share | None = None
    split: Split | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.shadow is not None and self.split is not None:
            raise ValueError("`shadow` and `split` exclude each other")
        if self.figure is not None and not self.experiment:
            raise ValueError("`figure` needs a name in `experiment`")
        return self
