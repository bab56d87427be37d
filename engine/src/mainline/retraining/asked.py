"""Who asks for a retraining, and why: a person, a verdict, or the event that started this job."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from mainline.core.config import nearest
from mainline.core.errors import MainlineError, SettingsError
from mainline.github import event as events
from mainline.monitoring.finding import Verdict
from mainline.params.monitoring import Triggers
from mainline.retraining import told_evidence
from mainline.retraining.on_main import OnMain
from mainline.retraining.reason import MOST, cleaned
from mainline.retraining.told_evidence import Evidence
from mainline.retraining.triggers import NAMES, Fired, due, fired

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
                raise SettingsError(f"there is no trigger '{name}'{nearest(name, list(NAMES))}")
            if getattr(settings, name) is None:
                raise SettingsError(
                    f"'monitoring.triggers.{name}' is not set in main's params.yaml, so it starts "
                    "no retraining."
                )
        return self


def by_options(reason: str | None, trigger: str | None, evidence: str | None) -> Asked:
    """From the command line. Raises MainlineError without a reason, or with bad evidence."""
    return Asked(_names(trigger), cleaned(reason), told_evidence.parsed(evidence))


def by_verdict(path: Path, main: OnMain) -> Asked | None:
    """What a verdict fires, all of it in one; None when that is nothing.

    Raises MainlineError when it is no verdict, or of another model.
    """
    verdict = Verdict.read(path)
    if verdict.model.get("name") != main.name:
        raise MainlineError(
            "the verdict is of another model.",
            found=verdict.model.get("name"),
            expected=main.name,
            where=path,
        )
    found = fired(verdict, main.monitoring.triggers, main.data.as_of)
    return _of(found, about={"window": verdict.window.as_json(), "model": verdict.model})


def by_event(
    main: OnMain, today: date, environment: Mapping[str, str] | None = None
) -> Asked | None:
    """From the event of this job: started by hand or by a token, or by the schedule.

    None when the schedule is not due. Raises MainlineError for another event, or for bad inputs.
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
    return Asked(_names(given["trigger"]), cleaned(given["reason"]), proof, sender)


def _names(text: str | None) -> tuple[str, ...]:
    names = [name.strip() for name in (text or EVENT).split(",")]
    return tuple(dict.fromkeys(name for name in names if name)) or (EVENT,)


def _of(found: list[Fired], about: Evidence | None = None) -> Asked | None:
    if not found:
        return None
    proof = dict(about or {})
    for each in found:
        proof |= {key: value for key, value in each.evidence.items() if key != "findings"}
    proof["findings"] = [one for each in found for one in each.evidence.get("findings", [])]
    reason = "; ".join(each.reason for each in found)
    reason = reason if len(reason) <= MOST else f"{reason[: MOST - 1]}…"
    return Asked(tuple(each.trigger for each in found), cleaned(reason), proof)
