"""The rule `snapshot`: has the data moved further from main's than main's tolerances allow?"""

from typing import Any

from mainline.core.errors import MainlineError
from mainline.gate.bars import Bars
from mainline.gate.beside_main import Comparison, compare, previous
from mainline.gate.candidate import Candidate
from mainline.gate.differences import first_of
from mainline.gate.verdict import Rule
from mainline.git import Git

NAME = "snapshot"


def rule(
    candidate: Candidate, git: Git, base: str | None, bars: Bars
) -> tuple[Rule, dict[str, Any] | None, list[str]]:
    """The rule, its data for the comment, and notes."""
    try:
        theirs = previous(git, base)
        frame, table = candidate.frame, candidate.table
        found = None if theirs is None else compare(theirs, frame, table, bars.statistics)
    except MainlineError as error:
        return Rule.judged(NAME, False, str(error)), None, []
    except Exception as error:  # a hostile file may raise anything: the rule has failed
        return Rule.judged(NAME, False, f"{type(error).__name__}: {error}"), None, []
    judged, notes = judge(found, bars.accepted)
    shown = None if found is None or found.same else found.to_json()
    return judged, shown and shown | {"accepted": bars.accepted}, notes


def judge(found: Comparison | None, accepted: str | None) -> tuple[Rule, list[str]]:
    """The rule and notes. `accepted` is this proposal's reason why the data moved, or None."""
    unused = "validation.statistics.accepted has no effect: the data has not moved too far."
    if found is None:
        return Rule.judged(NAME, True, "main has no snapshot yet: nothing to compare with"), []
    if found.same:
        return Rule.judged(NAME, True, "the table is main's"), [unused] if accepted else []
    worst, far = found.moves[0], found.too_far
    shown = {"figure": f"{worst.column} {worst.statistic}", "bar": "as on main, within tolerance"}
    if not far:
        why = f"{len(found.moves)} statistics compared with main's snapshot as of {found.as_of}"
        return Rule.judged(NAME, True, why, **shown), [unused] if accepted else []
    moved = first_of([move.line() for move in far])
    if accepted:
        shown["bar"] = "accepted"
        return Rule.judged(NAME, True, f'on purpose: "{accepted}" ({moved})', **shown), []
    hint = (
        "If the data moved on purpose, set validation.statistics.accepted to the reason. If not, "
        "fix the source; for a live source `make snapshot ARGS='--again DAY'` reads a batch again."
    )
    return Rule.judged(NAME, False, f"{moved}. {hint}", **shown), []
