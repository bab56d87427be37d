"""How long a trigger rests after a retraining of the model that it asked for."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from mainline.gate.promise import RETRAIN
from mainline.git import Git
from mainline.params.monitoring import Triggers
from mainline.retraining.asked import Asked
from mainline.retraining.on_main import is_of, subject
from mainline.retraining.triggers import NAMES

PLACES = ("refs/heads/", "refs/remotes/origin/")


def awake(asked: Asked, settings: Triggers, last: Mapping[str, date], today: date) -> Asked | None:
    """The same without the triggers that rest, each of which gets a line; None if all do.

    `last` is the day of the last retraining that each trigger asked for. Its own day counts as the
    first day of rest.
    """
    left = []
    for name in asked.triggers:
        days = getattr(settings, name).cool_down_days
        before = last.get(name)
        until = None if before is None else before + timedelta(days=days)
        if days and until is not None and today < until:
            print(f"rests     {name}, until {until}: its last retraining was on {before}")
        else:
            left.append(name)
    return replace(asked, triggers=tuple(left)) if left else None


def newest(seen: Iterable[tuple[date, Iterable[str]]]) -> dict[str, date]:
    """The newest day of each trigger, from days with theirs.

    A retraining that names none, as one by hand, counts for all.
    """
    found: dict[str, date] = {}
    for day, names in seen:
        for name in set(names) & set(NAMES) or NAMES:
            found[name] = max(day, found.get(name, day))
    return found


def last_in_git(git: Git, name: str, main: str) -> dict[str, date]:
    """As `newest`, of what this clone knows: branches of retrainings, and what main merged."""
    revisions = [main]
    for place in PLACES:
        for ref in git.run("for-each-ref", "--format=%(refname)", f"{place}{RETRAIN}").split():
            revisions += [ref] if is_of(name, ref.removeprefix(place)) else []
    first = subject(name, "")
    wanted = f"^{re.escape(first)}[0-9]"
    log = git.run("log", "-z", "--format=%cs%n%B", "-E", f"--grep={wanted}", *revisions, "--")
    return newest(
        (date.fromisoformat(day), _triggers(message, first))
        for day, _, message in (each.partition("\n") for each in log.split("\0") if each)
    )


def _triggers(message: str, first: str) -> list[str]:
    """Of a commit, by its line `Trigger: …`, or by the title of its pull request."""
    line = re.search(r"^Trigger: (.+)$", message, re.MULTILINE)
    title = re.search(rf"^{re.escape(first)}\S+: ([a-z, ]+)", message, re.MULTILINE)
    told = line or title
    return re.findall(r"[a-z]+", told.group(1)) if told else []
