"""Who asks for a retraining, and why: a person, a verdict, or the event that started this job.

What an event brings is a claim of its sender, evidence included.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from mainline.core.config import nearest
from mainline.core.errors import MainlineError, SettingsError
from mainline.git import Git
from mainline.github import event as events
from mainline.monitoring.finding import Verdict
from mainline.params.monitoring import Triggers
from mainline.retraining import held_to_main, told_evidence
from mainline.retraining.on_main import OnMain
from mainline.retraining.reason import MOST, cleaned, visible
from mainline.retraining.told_evidence import Evidence
from mainline.retraining.triggers import NAMES, Fired, due

EVENT = "event"


@dataclass(frozen=True)
class Asked:
    """The triggers, by name; the reason on one line; the evidence; the login, if GitHub says it."""

    triggers: tuple[str, ...]
    reason: str
    evidence: Evidence
    by: str = ""

    def in_force(self, settings: Triggers) -> "Asked":
        """The same. Raises SettingsError when main's settings do not have one of the triggers."""
        for name in self.triggers:
            if name not in NAMES:
                raise SettingsError(
                    f"there is no trigger '{name[:40]}'{nearest(name[:40], list(NAMES))}"
                )
            if getattr(settings, name) is None:
                raise SettingsError(
                    f"'monitoring.triggers.{name}' is not set in main's params.yaml, so it starts "
                    "no retraining."
                )
        return self


def by_options(reason: str | None, trigger: str | None, evidence: str | None) -> Asked:
    """From the command line. Raises MainlineError without a reason, or with bad evidence."""
    return Asked(_names(trigger), cleaned(reason), told_evidence.parsed(evidence))


def by_verdict(git: Git, path: Path, main: OnMain) -> Asked | None:
    """What a verdict fires, all of it in one; None when that is nothing.

    The evidence has figures alone: sentences and details name values of columns, and GitHub gets
    it.

    Raises MainlineError when it is no verdict, or of another model.
    """
    verdict = Verdict.read(path)
    found = held_to_main.of_verdict(git, main, verdict)
    return _of(found, about={"window": verdict.window.as_json(), "model": verdict.model})


def by_event(
    git: Git, main: OnMain, today: date, environment: Mapping[str, str] | None = None
) -> Asked | None:
    """From the event of this job: started by hand or by a token, or by the schedule.

    None when the schedule is not due, or no trigger fires on the evidence that came with it. Raises
    MainlineError for another event, or for bad inputs.
    """
    values = os.environ if environment is None else environment
    started = events.name(values)
    if started == "schedule":
        schedule = main.monitoring.triggers.schedule
        return _of(due(schedule, main.data.as_of, today) if schedule else [])
    if started != "workflow_dispatch":
        raise MainlineError(
            f"the event is {started or 'none'}; expected `workflow_dispatch` or `schedule` "
            "(.github/workflows/retrain.yml)."
        )
    with events.described(values) as about:
        inputs: dict[str, Any] = dict(about.get("inputs") or {})
        sender = str(about["sender"]["login"])
    given = {name: str(inputs.get(name) or "") for name in ("trigger", "reason", "evidence")}
    proof = told_evidence.parsed(given["evidence"], name="the input `evidence`", file=False)
    found = Asked(_names(given["trigger"]), cleaned(given["reason"]), proof, sender)
    found.in_force(main.monitoring.triggers)
    return held(git, found, main, today)


def held(git: Git, asked: Asked, main: OnMain, today: date) -> Asked | None:
    """The same without triggers that do not fire on this evidence, each of which gets a line.

    None if none does. The evidence may be false.
    """
    fires = held_to_main.of_claim(git, main, asked.evidence, today) | {EVENT}
    for name in asked.triggers:
        if name not in fires:
            print(f"refused   {name}: it is not due, or the evidence that came does not fire it")
    left = tuple(name for name in asked.triggers if name in fires)
    return replace(asked, triggers=left) if left else None


def _names(text: str | None) -> tuple[str, ...]:
    names = [visible(name).strip() for name in (text or EVENT).split(",")]
    return tuple(dict.fromkeys(name for name in names if name)) or (EVENT,)


def _of(found: list[Fired], about: Evidence | None = None) -> Asked | None:
    if not found:
        return None
    proof = dict(about or {})
    for each in found:
        proof |= {key: value for key, value in each.evidence.items() if key != "findings"}
    findings = [one for each in found for one in each.evidence.get("findings", [])]
    proof["findings"] = [one | {"sentence": "", "details": {}} for one in findings]
    reason = "; ".join(each.reason for each in found)
    reason = reason if len(reason) <= MOST else f"{reason[: MOST - 1]}…"
    return Asked(tuple(each.trigger for each in found), cleaned(reason), proof)
