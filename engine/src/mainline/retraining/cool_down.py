"""How long a trigger rests after a retraining of the model."""

import re
from dataclasses import replace
from datetime import date, timedelta

from mainline.gate.promise import RETRAIN
from mainline.git import Git
from mainline.params.monitoring import Triggers
from mainline.retraining.asked import Asked
from mainline.retraining.on_main import is_of, subject

PLACES = ("refs/heads/", "refs/remotes/origin/")


def awake(asked: Asked, settings: Triggers, last: date | None, today: date) -> Asked | None:
    """The same without the triggers that rest, each of which gets a line; None if all do.

    `last` is the day of the last retraining. Its own day counts as the first day of rest.
    """
    left = []
    for name in asked.triggers:
        days = getattr(settings, name).cool_down_days
        until = None if last is None else last + timedelta(days=days)
        if days and until is not None and today < until:
            print(f"rests     {name}, until {until}: the last retraining was on {last}")
        else:
            left.append(name)
    return replace(asked, triggers=tuple(left)) if left else None


def last_in_git(git: Git, name: str, main: str) -> date | None:
    """The day of the last retraining that this clone knows: its branches, and what main merged."""
    days = []
    for place in PLACES:
        fields = "--format=%(committerdate:short) %(refname)"
        for line in git.run("for-each-ref", fields, f"{place}{RETRAIN}").splitlines():
            day, _, ref = line.partition(" ")
            days += [day] if is_of(name, ref.removeprefix(place)) else []
    wanted = f"^{re.escape(subject(name, ''))}[0-9]"
    days += git.run("log", "-1", "--format=%cs", "-E", f"--grep={wanted}", main).split()
    return max(map(date.fromisoformat, days), default=None)
