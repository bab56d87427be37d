"""What a training hands over: the artifact `proposed`. To its reader it is untrusted.

proposed.json    which commit it is of, what ran, what stopped
files/PATH       generated files that differ from that commit, PATH below the git root
objects/aa/bb…   objects of DVC's cache that dvc.lock names
"""

import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mainline.core.errors import MainlineError
from mainline.core.files import write_json
from mainline.git import HASH
from mainline.proposal.machine import Machine
from mainline.proposal.own_verdict import OwnVerdict

ARTIFACT = "proposed"
ABOUT, FILES, OBJECTS = "proposed.json", "files", "objects"
FORMAT = 1
MEMBERS, BYTES = 20_000, 2 * 10**9  # most files, and most bytes of all together
OF_JSON = 10**6  # bytes
# No name begins with a dot: neither `..` nor `.git`.
PART = r"[A-Za-z0-9_][A-Za-z0-9_.+=@-]*"
NAME = re.compile(rf"{PART}(?:/{PART})*")
STAGE = re.compile(r"[\w@.-]{0,100}")  # the comment has it in a line of the shell
LINES = 200  # of a stage that failed


@dataclass(frozen=True)
class Stopped:
    """The stage that failed, empty when none had started, and the last lines that it said."""

    stage: str
    lines: list[str]


@dataclass(frozen=True)
class Parcel:
    """`trained_on` is the machine's trailer, empty without a training; `gone` are paths removed.

    `costs` are those of what could ship, by name, as measured where it was trained. `verdict` is
    that of the proposal's own engine, where that is another than main's.
    """

    head: str
    stages: list[str] = field(default_factory=list)
    trained_on: str = ""
    stopped: Stopped | None = None
    gone: list[str] = field(default_factory=list)
    costs: dict[str, dict[str, float | None]] = field(default_factory=dict)
    verdict: OwnVerdict | None = None

    def write(self, folder: Path) -> None:
        """Write `proposed.json`."""
        write_json(folder / ABOUT, {"format": FORMAT} | asdict(self))

    @classmethod
    def read(cls, folder: Path) -> "Parcel":
        """Raises MainlineError when the file says anything that `write` would not."""
        path = folder / ABOUT
        try:
            if path.stat().st_size > OF_JSON:
                raise ValueError(f"more than {OF_JSON:,} bytes")
            return _parsed(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise MainlineError(
                f"is not what a training hands over ({type(error).__name__}: {error}).",
                where=f"{ARTIFACT}/{ABOUT}",
            ) from None


def _parsed(values: dict[str, Any]) -> Parcel:
    if values["format"] != FORMAT:
        raise ValueError(f"format {values['format']!r}, and this engine reads {FORMAT}")
    stopped = values["stopped"]
    found = Parcel(
        values["head"],
        _texts(values["stages"]),
        values["trained_on"],
        stopped and Stopped(stopped["stage"], _texts(stopped["lines"])[-LINES:]),
        _texts(values["gone"]),
        _costs(values["costs"]),
        OwnVerdict.parsed(values.get("verdict")),
    )
    if not HASH.fullmatch(found.head):
        raise ValueError(f"head is {found.head!r}")
    machine = Machine.parse(found.trained_on) if found.trained_on else None
    if found.trained_on and (machine is None or not _one_line(found.trained_on)):
        raise ValueError("trained_on names no machine")
    if found.stopped and not STAGE.fullmatch(found.stopped.stage):
        raise ValueError("stopped names no stage")
    return found


def _texts(values: Any) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        raise ValueError("a list of texts is expected")
    return values


def _costs(values: Any) -> dict[str, dict[str, float | None]]:
    for each in values.values():
        for value in each.values():
            if value is not None and not isinstance(value, (int, float)):
                raise ValueError(f"a cost is {value!r}")
    return dict(values)


def _one_line(text: Any) -> bool:
    return isinstance(text, str) and len(text) < 300 and text.isprintable()
