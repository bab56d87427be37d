"""Reads the event that started a workflow: Argo CD's message or a person's manual start.

Argo CD's notifications (k8s/argocd) send a `repository_dispatch` for a healthy release. Anyone with
write access to the repository can send one too. So each value's format is checked here, and
callers check it against git.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mainline.core.errors import MainlineError
from mainline.github import event as events
from mainline.k8s.environments import ENVIRONMENTS

FORMS = {"revision": r"[0-9a-f]{40}", "seen_at": r"[0-9T:.Z+-]{10,35}"}


@dataclass(frozen=True)
class Healthy:
    """At `seen_at`, `environment` was healthy and in sync with the commit `revision`."""

    environment: str
    revision: str
    seen_at: str
    sender: str

    def said(self) -> str:
        """The source of this message, for evidence and records."""
        return f"Argo CD at {self.revision[:12]}, sent by {self.sender}"


@dataclass(frozen=True)
class ByHand:
    """A person started the workflow, with evidence (the text of `smoke`'s file) or a reason."""

    evidence: str
    reason: str
    sender: str


def read(environment: Mapping[str, str] | None = None) -> Healthy | ByHand:
    """The event of this job.

    Raises MainlineError for another event, or one in the wrong format.
    """
    values = os.environ if environment is None else environment
    event = events.name(values)
    if event not in ("repository_dispatch", "workflow_dispatch"):
        raise MainlineError(
            f"the event is {event or 'none'}; expected `repository_dispatch` or "
            "`workflow_dispatch` (.github/workflows/promote.yml)."
        )
    with events.described(values) as about:
        sender = _plain(about["sender"]["login"])
        if event == "repository_dispatch":
            return _healthy(about["action"], about["client_payload"], sender)
        inputs = about.get("inputs") or {}
        return ByHand(str(inputs.get("evidence") or ""), str(inputs.get("reason") or ""), sender)


def _healthy(action: str, payload: Mapping[str, Any], sender: str) -> Healthy:
    environment = action.removesuffix("-healthy")
    if environment not in ENVIRONMENTS or not action.endswith("-healthy"):
        known = " and ".join(f"`{name}-healthy`" for name in ENVIRONMENTS)
        raise MainlineError(f"the dispatch has the type {action!r}; expected {known}.")
    for name, form in FORMS.items():
        if not re.fullmatch(form, str(payload.get(name, ""))):
            raise MainlineError(
                f"the dispatch's {name} is {payload.get(name)!r}; expected {form}. Argo CD's "
                "notifications may be outdated: `kubectl apply` k8s/argocd (docs/deployment.md)."
            )
    return Healthy(environment, **{name: str(payload[name]) for name in FORMS}, sender=sender)


def _plain(login: str) -> str:
    if not re.fullmatch(r"[\w.-]+(\[bot\])?", login):
        raise ValueError(f"{login!r} is not a login")
    return login
