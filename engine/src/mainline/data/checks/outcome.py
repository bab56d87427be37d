"""The result of a check, as text for errors, report and page."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

SHOWN_ROWS = 3
TABLE, COLUMNS, RULES, OWN = "table", "columns", "rules", "checks"


@dataclass(frozen=True)
class Outcome:
    """The result of one check; `about` is the column or another subject.

    `rows` are the first rows that fail, counted from 1, and `keys` are their keys. Keys are only
    shown on the page, which stays with the table; they are never posted.
    """

    group: str
    about: str
    check: str
    passed: bool
    observed: str
    expected: str
    rows: tuple[int, ...] = ()
    keys: tuple[str, ...] = ()

    def line(self) -> str:
        """The text for an error."""
        line = f"{self.about}: {self.check}: observed {self.observed}; expected {self.expected}"
        if self.rows:
            line += f"; first rows {', '.join(map(str, self.rows))} of the table"
        return line

    def to_json(self) -> dict[str, Any]:
        """Plain values without anything that identifies a person."""
        return {"observed": self.observed, "expected": self.expected, "passed": self.passed}


def located(wrong: np.ndarray, frame: pd.DataFrame, key: list[str]) -> dict[str, Any]:
    """`rows` and `keys` of an Outcome for the rows where `wrong` is True."""
    places = np.flatnonzero(wrong)[:SHOWN_ROWS]
    named = [
        ", ".join(f"{name} {frame[name].iloc[place]}" for name in key if name in frame)
        for place in places
    ]
    return {"rows": tuple(int(place) + 1 for place in places), "keys": tuple(named)}
