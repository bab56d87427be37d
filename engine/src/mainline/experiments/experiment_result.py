"""What an experiment says: as JSON, for a person, and for the pull request of a promotion."""

import dataclasses
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from mainline.core.errors import MainlineError
from mainline.core.files import read_json, write_json

# `none`: nothing may be decided, whatever the figures are.
Decision = Literal["better", "worse", "open", "none"]
FORMAT = 1
MADE_BY = "mainline experiment"


@dataclass(frozen=True)
class Line:
    """A figure in both arms. `difference` is challenger minus main; null where it is not known.

    `better` is the direction: `lower` or `higher`.
    """

    name: str
    label: str
    better: str
    unit: str
    main: float | None
    challenger: float | None
    difference: float | None
    low: float | None
    high: float | None
    counts: tuple[int, int]


@dataclass(frozen=True)
class Result:
    """The decision on `figure`, with further lines that are shown only.

    `kind` is `shadow`, or `split` with by what. `unit` is what counts once, `seen` the units of the
    challenger and of all that it could have had. `reasons` say why there is no decision.
    """

    experiment: str
    kind: str
    unit: str
    share: float | None
    environment: str
    main_version: str
    challenger_version: str
    first: str
    last: str
    named: str | None
    confidence: float
    figure: Line
    shown: list[Line]
    decision: Decision
    reasons: list[str]
    notes: list[str]
    ratio: dict[str, Any] | None

    @property
    def sentence(self) -> str:
        """The answer in one sentence."""
        line = self.figure
        what = line.label[:1].lower() + line.label[1:]
        match self.decision:
            case "none":
                return f"No decision: {'; '.join(self.reasons)}."
            case "open" if line.low is None:
                return (
                    f"Not decided yet: {min(line.counts):,} {self.unit} in the smaller arm are too "
                    "few for an interval, or all have the same value."
                )
            case "open":
                return f"Not decided yet: the interval of the difference in {what} reaches 0."
            case _:
                values = [f"{number(each)}{line.unit}" for each in (line.challenger, line.main)]
                return f"The challenger is {self.decision}: {what} {values[0]} against {values[1]}."

    def write(self, path: Path) -> None:
        """As JSON."""
        values = {"format": FORMAT, "sentence": self.sentence, **dataclasses.asdict(self)}
        write_json(path, values)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raises MainlineError when the file is missing or is no result of this format."""
        values = read_json(path, made_by=MADE_BY)
        from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415  `promote` goes without

        try:
            given = dict(values)
            if given.pop("format") != FORMAT:
                raise ValueError(f"its format is {values['format']}, not {FORMAT}")
            del given["sentence"]
            return TypeAdapter(cls).validate_python(given)
        except ValidationError as error:
            first = error.errors()[0]
            why = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        except (KeyError, TypeError, ValueError) as error:
            why = str(error)
        raise MainlineError(f"it is no result of `{MADE_BY}`: {why}", where=path)


def finite(value: float) -> float | None:
    """A figure for a file; None when it is not known."""
    return float(f"{value:.7g}") if math.isfinite(value) else None


def number(value: float | None) -> str:
    """A figure for a person."""
    return "" if value is None else f"{value:,.1f}" if abs(value) >= 1000 else f"{value:.4g}"


def signed(line: Line) -> str:
    """The difference with its interval, for a person."""
    if line.difference is None:
        return ""
    ends = "no interval"
    if line.low is not None and line.high is not None:
        ends = f"{line.low:+.4g} to {line.high:+.4g}"
    return f"{line.difference:+.4g} ({ends})"
