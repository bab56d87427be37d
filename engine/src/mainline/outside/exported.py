"""What job `repackage` found, as one line between two jobs. Code of the proposal ran beside it."""

import json
from dataclasses import asdict, dataclass

from mainline.core.markdown import clip, escape
from mainline.outside.received import Received

WHY = 500  # characters
EQUAL, UNEQUAL, OTHER_ENGINE = "equal", "unequal", "other engine"


@dataclass(frozen=True)
class Exported:
    """Whether the trained weights gave the packaged model again, of this commit and artifact."""

    head: str
    artifact: str
    outcome: str
    why: str

    def line(self) -> str:
        """The value of the step's output."""
        return json.dumps(asdict(self))


def problem(line: str, about: Received) -> str:
    """Why the packaged model cannot be kept; empty when it can."""
    try:
        found = Exported(**json.loads(line))
        known = all(isinstance(each, str) for each in asdict(found).values())
    except (ValueError, TypeError, RecursionError):
        known = False
    if not known:
        return "the job `repackage` gave no result; its log says why."
    if (found.head, found.artifact) != (about.head, about.artifact):
        return "the job `repackage` looked at another artifact: run the whole workflow again."
    return "" if found.outcome in (EQUAL, OTHER_ENGINE) else _said(found.why)


def note(line: str) -> str:
    """What is to be said where it can be kept, and was not compared."""
    found = Exported(**json.loads(line))
    if found.outcome != OTHER_ENGINE:
        return ""
    return (
        "This proposal changes the engine, and with `main`'s engine its weights did not give the "
        f"packaged model ({_said(found.why).rstrip('.')}). Whether the packaged model is the "
        "trained one was not compared here: owners decide, and `make run` on the new engine "
        "compares it."
    )


def _said(why: str) -> str:
    """What a proposal's process said, as plain text on one line."""
    return escape(clip(why, WHY).encode("utf-8", "replace").decode())
