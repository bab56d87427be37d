"""Compares this table with the statistics in main's catalogue. Needs only git and the table."""

import itertools
import json
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.table import TableSettings
from mainline.data import summary
from mainline.data.catalogue import content_hash
from mainline.data.checks.settings import StatisticsSettings
from mainline.gate.moves import IN_SHARES, Move, of_column
from mainline.git import Git

SHOWN = 15  # moves shown in the comment
FEWEST = 500  # fewer newest rows are not compared separately: they differ by chance


@dataclass(frozen=True)
class Comparison:
    """Every statistic of both tables, largest move first. `notes` list what cannot be compared."""

    as_of: str
    moves: list[Move] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    same: bool = False

    @property
    def too_far(self) -> list[Move]:
        """The moves that close the gate."""
        return [move for move in self.moves if move.closes]

    def to_json(self) -> dict[str, Any]:
        """The largest moves, for the comment."""
        shown = [
            [move.column, move.statistic, move.before, move.now, _distance(move), move.closes]
            for move in self.moves[:SHOWN]
        ]
        return {"as_of": self.as_of, "moves": shown, "of": len(self.moves), "notes": self.notes}


def previous(git: Git, base: str | None) -> dict[str, Any] | None:
    """Main's catalogue, or None when main has none. Raises MainlineError when it is malformed."""
    text = git.show(base, Layout.catalogue) if base else None
    if text is None:
        return None
    name = f"{Layout.catalogue} at {str(base)[:12]}"
    try:
        found = json.loads(text)
    except ValueError as error:
        raise MainlineError(f"{name} cannot be read as JSON: {error}") from None
    if not isinstance(found, dict) or not isinstance(found.get("columns"), dict):
        raise MainlineError(f"{name} is not the catalogue of a table.")
    return found


def compare(
    theirs: dict[str, Any], frame: pd.DataFrame, table: TableSettings, most: StatisticsSettings
) -> Comparison:
    """Compare this table with main's catalogue, `theirs`."""
    as_of = str(theirs.get("as_of", "unknown"))
    if theirs.get("content") == content_hash(frame):
        return Comparison(as_of, same=True)
    watched = [*table.features, table.target]
    columns = {name: about for name, about in theirs["columns"].items() if isinstance(about, dict)}
    moves, notes = [_rows(theirs, frame, most)], []
    people = summary.People(frame[table.entity])
    newest, since = _newest(columns, frame, table, most)
    if table.time and most.newest is not None and not since:
        notes.append(f"{table.time} has no last day on main: new rows are not compared separately.")
    if 0 < len(newest) < FEWEST:
        notes.append(f"{len(newest)} rows after {since}: too few to compare separately.")
    for name in watched:
        about = columns.get(name)
        if about is None:
            notes.append(f"{name} is new: main has no statistics to compare it with.")
            continue
        number = pd.api.types.is_numeric_dtype(frame[name].dtype)
        if number != ("distinct" not in about):
            kinds = ("a number", "a category")
            was, now = kinds[number], kinds[not number]
            notes.append(f"{name} was {was} on main and is {now}: not compared.")
            continue
        target = name == table.target
        moves += of_column(about, frame[name], most.of(name), target=target)
        alone = most.of_newest(name)
        if alone and len(newest) >= FEWEST:
            found = of_column(about, newest[name], alone, target=target)
            if len(newest) * (1 - float(about["null_share"])) < FEWEST:
                found = itertools.islice(found, 1)  # only the nulls: too few known values
            moves += [replace(move, rows=f"rows after {since}") for move in found]
        notes += _old(name, about) or _new_values(about, frame[name], people)
    gone = [name for name in columns if name not in frame.columns]
    notes += [f"{name} is gone: main's table had it." for name in gone]
    moves.sort(key=lambda move: -move.ratio)
    return Comparison(as_of, moves, notes)


def _newest(
    columns: dict[str, Any], frame: pd.DataFrame, table: TableSettings, most: StatisticsSettings
) -> tuple[pd.DataFrame, str]:
    """The rows that are newer than all of main's, and main's last day.

    A break in new data shows most clearly in these rows alone. No rows are returned when all rows
    are newer, or when the settings do not ask for this comparison.
    """
    last = columns.get(table.time or "", {}).get("max")
    if most.newest is None or table.time not in frame.columns or last is None:
        return frame.iloc[:0], ""
    newest = frame[frame[table.time] > pd.Timestamp(last)]
    if len(newest) == len(frame):
        newest = newest.iloc[:0]
    return newest, str(last).removesuffix(" 00:00:00")


def _rows(theirs: dict[str, Any], frame: pd.DataFrame, most: StatisticsSettings) -> Move:
    before, now = int(theirs["rows"]), len(frame)
    lost = max(before - now, 0) / max(before, 1)
    return Move("table", "rows lost", f"{before:,}", f"{now:,}", lost, most.rows, IN_SHARES)


def _old(name: str, about: dict[str, Any]) -> list[str]:
    """A note if main's catalogue has no statistics yet. An upgrade does not close the gate."""
    if "quantiles" in about or "counts" in about or about.get("null_share") == 1.0:
        return []
    return [f"{name}: main's catalogue is of an older version, only nulls are compared."]


def _new_values(about: dict[str, Any], ours: pd.Series, people: summary.People) -> list[str]:
    if pd.api.types.is_numeric_dtype(ours.dtype) or about.get("folded", 0):
        return []  # numbers always vary, and a folded value may have been on main
    counts = summary.text(ours, people)["counts"]
    new = [f"{value} ({n:,} rows)" for value, n in counts.items() if value not in about["counts"]]
    more = f" and {len(new) - 3} more" if len(new) > 3 else ""
    return [f"{ours.name}: new since main's snapshot: {', '.join(new[:3])}{more}."] if new else []


def _distance(move: Move) -> str:
    return f"{move.distance:.2g} {move.unit}, at most {move.most:g}"
