"""What a window of the log shows: findings, and the verdict that holds them."""

import dataclasses
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

from mainline.core.errors import MainlineError
from mainline.core.files import read_json, write_json
from mainline.monitoring.window import Window

Status = Literal["quiet", "alarm", "unknown"]
FORMAT = 1
MADE_BY = "mainline monitor"


@dataclass(frozen=True)
class Finding:
    """One figure of the window beside what it is held to.

    `kind` is one of drift, prediction, quality, concept, importance, service, business, labels.
    `name` is unique in a verdict: `drift.age`, `quality.roc_auc`, `quality.roc_auc[gender=male]`.
    `unknown` is what could not be computed: it alerts, and never retrains. `sentence` is for a
    person. `low` and `high` are the ends of an interval. `details` are plain JSON values.
    """

    kind: str
    name: str
    status: Status
    sentence: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    bar: float | None = None
    rows: int = 0
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """A window, the version that was watched in it, and all findings.

    `model` has name, environment, version and commit; `counts` has rows, requests, entities,
    errors, other_versions and labelled.
    """

    window: Window
    model: dict[str, Any]
    counts: dict[str, int]
    findings: list[Finding]

    @property
    def status(self) -> Status:
        """The worst of its findings."""
        found = {each.status for each in self.findings}
        return "alarm" if "alarm" in found else "unknown" if "unknown" in found else "quiet"

    def of_kind(self, *kinds: str) -> list[Finding]:
        """The findings of some kinds, in order."""
        return [each for each in self.findings if each.kind in kinds]

    def write(self, path: Path) -> None:
        """As JSON. Equal verdicts have equal bytes."""
        write_json(path, self.as_json())

    def as_json(self) -> dict[str, Any]:
        """Plain values; `status` stands there for those who read no further.

        Numbers that are not finite are null: JSON has none.
        """
        return {
            "format": FORMAT,
            "status": self.status,
            "window": self.window.as_json(),
            "model": self.model,
            "counts": self.counts,
            "findings": [_finite(dataclasses.asdict(each)) for each in self.findings],
        }

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raises MainlineError when the file is missing or of another format."""
        return cls.parse(read_json(path, made_by=MADE_BY), name=str(path))

    @classmethod
    def parse(cls, value: Any, *, name: str) -> Self:
        """From JSON. Raises MainlineError when it is no verdict of this format."""
        try:
            if value["format"] != FORMAT:
                raise ValueError(f"its format is {value['format']}, not {FORMAT}")
            findings = [Finding(**each) for each in value["findings"]]
            window = Window.parse(value["window"]["from"], value["window"]["to"])
            return cls(window, dict(value["model"]), dict(value["counts"]), findings)
        except (KeyError, TypeError, ValueError) as error:
            raise MainlineError(f"it is no verdict of `{MADE_BY}`: {error}", where=name) from None


def _finite(value: Any) -> Any:
    """With None for each number that is not finite, at any depth."""
    if isinstance(value, dict):
        return {name: _finite(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
