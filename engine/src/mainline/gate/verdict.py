"""The gate's verdict, as text for people and as JSON for programs."""

import textwrap
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

PASS, FAIL, WAIVED = "pass", "fail", "waived"


@dataclass(frozen=True)
class Rule:
    """One rule's outcome. `figure`, `bar` and `margin` are text for people.

    `said` is a sentence for the first lines of the comment, without capital and point, if any.
    """

    name: str
    outcome: str
    why: str
    figure: str = ""
    bar: str = ""
    margin: str = ""
    said: str = ""

    @classmethod
    def judged(cls, name: str, passed: bool, why: str, **shown: str) -> "Rule":
        """A rule that passed or failed. Any value but True is a failure."""
        return cls(name, PASS if passed is True else FAIL, why, **shown)

    def waived(self) -> "Rule":
        """The same rule, shown but not counted."""
        return replace(self, outcome=WAIVED)


@dataclass(frozen=True)
class Verdict:
    """The decision and its reasons.

    `case` is first, proposal, retrain, same, rollback or behind. `against` is the base commit, or
    empty. `notes` are for the reviewer. `data` says how the table differs from main's. `measured`
    holds latency, stability and drift compared with the champion.
    """

    case: str
    against: str
    rules: list[Rule]
    notes: list[str] = field(default_factory=list)
    candidate: dict[str, Any] = field(default_factory=dict)
    champion: dict[str, Any] | None = None
    data: dict[str, Any] | None = None
    measured: dict[str, Any] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        """Open only when there are rules and none of them failed."""
        return bool(self.rules) and all(rule.outcome in (PASS, WAIVED) for rule in self.rules)

    @property
    def headline(self) -> str:
        """One sentence: open or closed, and why."""
        if not self.open:
            failed = [rule.name for rule in self.rules if rule.outcome == FAIL]
            return f"The gate is closed: {', '.join(failed) or 'nothing was judged'}."
        return {
            "first": "The gate is open: the first model, judged by absolute bars and baseline.",
            "same": "The gate is open: this is the model that main has.",
            "rollback": "The gate is open: a rollback to a model that main released before.",
        }.get(self.case, self._against_champion())

    @property
    def here_alone(self) -> bool:
        """Open on this machine only: the champion's bytes are missing, and CI needs them."""
        judged = self.case in ("proposal", "retrain")
        return self.open and judged and (self.champion or {}).get("paired") is False

    def _against_champion(self) -> str:
        champion = self.champion or {}
        if self.here_alone:
            return "Open on this machine only: CI will close it without the champion's bytes."
        difference = champion.get("difference")
        if difference is None:
            return "The gate is open: the champion is given up."
        if difference["low"] > 0:
            return "The gate is open: better than the model on main."
        if said := next((rule.said for rule in self.rules if rule.name == "champion"), ""):
            return f"The gate is open: {said}."
        if difference["low"] == difference["high"] == 0:
            return "The gate is open: no difference from the model on main."
        return "The gate is open: not worse than the model on main, within the margin."

    def told(self) -> str:
        """The rules, the notes and the headline, for a terminal."""
        notes = [f"note: {note}" for note in self.notes]
        return "\n".join([table(self.rules), *notes, self.headline])

    def to_json(self) -> dict[str, Any]:
        """Plain values. `open` and `headline` come first: scripts and people need them most."""
        return {"open": self.open, "headline": self.headline} | asdict(self)


def table(rules: Iterable[Rule]) -> str:
    """The rules as aligned text, the reason under each one that failed."""
    columns = ("rule", "figure", "bar", "margin", "outcome")
    rows = [columns] + [(r.name, r.figure, r.bar, r.margin, r.outcome) for r in rules]
    widths = [max(len(row[column]) for row in rows) for column in range(len(columns))]
    lines = []
    for row, why in zip(rows, ["", *(rule.why for rule in rules)], strict=True):
        lines.append("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
        indent = " " * (widths[0] + 2)
        lines += textwrap.wrap(why, 96, initial_indent=indent, subsequent_indent=indent)
    return "\n".join(line.rstrip() for line in lines)
