"""What shipping needs of the settings, and nothing that takes memory to check them."""

import json
import os
from dataclasses import asdict, dataclass
from typing import Any, Protocol, Self

from mainline.core.errors import SettingsError

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


@dataclass(frozen=True)
class Shipping:
    """Settings that were checked: `LogSettings` brings pydantic and YAML, 12 MB."""

    store: str
    leave_out: list[str]
    hash: list[str]

    @classmethod
    def of(cls, settings: Any) -> Self:
        """Those of LogSettings."""
        return cls(settings.store, list(settings.leave_out), list(settings.hash))

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
