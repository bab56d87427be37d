"""What shipping needs of the settings, and nothing that takes memory to check them."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol, Self

from mainline.core.errors import SettingsError
from mainline.request_log import signatures

HASH_KEY = "LOG_HASH_KEY"  # in the environment; too secret for a file
SHORTEST_KEY = 16  # characters
ENTITY = "entity"  # the one name in `hash` and `leave_out` that is no input


class Columns(Protocol):
    """Which columns are not kept as they are."""

    @property
    def leave_out(self) -> list[str]:
        """Inputs that are not kept."""

    @property
    def hash(self) -> list[str]:
        """Inputs, or `entity`, of which only a keyed hash is kept."""

    @property
    def may_lack(self) -> list[str]:
        """Those of them that a version may lack."""


@dataclass(frozen=True)
class Shipping:
    """Settings that were checked: `LogSettings` brings pydantic and YAML, 12 MB."""

    store: str
    leave_out: list[str]
    hash: list[str]
    may_lack: list[str]

    @classmethod
    def of(cls, settings: Any) -> Self:
        """Those of LogSettings."""
        lists = settings.leave_out, settings.hash, settings.may_lack
        return cls(settings.store, *map(list, lists))

    @classmethod
    def parsed(cls, text: str) -> Self:
        """From `text()`."""
        return cls(**json.loads(text))

    def text(self) -> str:
        """As JSON, for another process."""
        return json.dumps(asdict(self))


def hash_key(settings: Columns) -> bytes:
    """The key of the hashes, empty when nothing is hashed. Raises SettingsError if it is short."""
    key = os.environ.get(HASH_KEY, "") if settings.hash else ""
    if settings.hash and len(key) < SHORTEST_KEY:
        raise SettingsError(
            f"log.hash needs a key of {SHORTEST_KEY} characters or more in the environment "
            f"variable {HASH_KEY}; it has {len(key)}."
        )
    return key.encode()


def unknown(settings: Columns, metadata: Mapping[str, Any]) -> str:
    """Why rows of these versions may not leave the spool: one lacks what the settings name.

    Empty when all is well. A misspelt name would leave its column in the clear. `metadata` is what
    servers said, by version; without any, no name can be told.
    """
    names = {*settings.leave_out, *settings.hash} - {ENTITY, *settings.may_lack}
    for version, said in (metadata or {"": None}).items():
        if missing := sorted(names.difference(*signatures.inputs(said).values())):
            return (
                "rows wait in the spool: log.leave_out or log.hash names "
                f"{', '.join(missing)}, no input of version {version or '(none is known)'}; "
                "correct the name, or list it in log.may_lack as well."
            )
    return ""
