"""What a verdict fires under main's settings, and what the evidence of a dispatch fires again.

Evidence that came with a dispatch is a claim: this shows that it fires, not that it is true.
"""

from datetime import date
from typing import Any

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml
from mainline.git import HASH, Git
from mainline.monitoring.finding import FORMAT, Verdict
from mainline.retraining.on_main import OnMain
from mainline.retraining.triggers import Fired, due, fired

SCHEDULE = "schedule"


def of_verdict(git: Git, main: OnMain, verdict: Verdict) -> list[Fired]:
    """The triggers that fire; after a line none, when main has learnt what the verdict is about.

    Raises MainlineError when it is of another model.
    """
    if verdict.model.get("name") != main.name:
        raise MainlineError(
            "the verdict is of another model.", found=verdict.model.get("name"), expected=main.name
        )
    if _learnt(git, main, verdict):
        print(
            "retrain   the verdict is of an older version: main's model has rows up to "
            f"{main.data.as_of}, and the window begins on {verdict.window.first}"
        )
        return []
    return fired(verdict, main.monitoring.triggers, main.data.as_of)


def of_claim(git: Git, main: OnMain, claim: dict[str, Any], today: date) -> set[str]:
    """The names of the triggers that a dispatch may have: of its evidence, and what is due."""
    found = {each.trigger for each in _again(git, main, claim)} - {SCHEDULE}
    schedule = main.monitoring.triggers.schedule
    is_due = schedule is not None and bool(due(schedule, main.data.as_of, today))
    return found | ({SCHEDULE} if is_due else set())


def _again(git: Git, main: OnMain, claim: dict[str, Any]) -> list[Fired]:
    told = {"format": FORMAT, "counts": {}} | {
        key: claim[key] for key in ("window", "model", "counts", "findings") if key in claim
    }
    try:
        return of_verdict(git, main, Verdict.parse(told, name="evidence"))
    except (MainlineError, ArithmeticError, AttributeError, TypeError, ValueError):
        return []  # a claim has any form


def _learnt(git: Git, main: OnMain, verdict: Verdict) -> bool:
    """Whether main's model learnt other rows than the watched one, up to a day of the window.

    Days of `data.as_of` and not versions are compared: another version of the same rows has the
    same drift. Rows that end before the window cannot have taught it either.
    """
    if main.data.as_of < verdict.window.first:
        return False
    commit = str(verdict.model.get("commit"))
    known = HASH.fullmatch(commit) and git.resolve(commit)
    text = git.show(commit, Layout.params) if known else None
    data = read_yaml(text, name=f"{Layout.params} of {commit}").get("data") if text else None
    return str((data or {}).get("as_of")) != str(main.data.as_of)
