"""The id of a request: the caller's own, or a new one."""

import os
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime

# As long as callers' ids are in use: a UUID has 36, a W3C trace context 55.
_KEPT = re.compile(r"[\x21-\x7e]{1,128}")
_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def request_id(given: str = "") -> str:
    """`given` if it is visible ASCII of at most 128 characters, else a new UUIDv7."""
    return given if _KEPT.fullmatch(given) else uuid7()


def uuid7(clock: Callable[[], int] = time.time_ns) -> str:
    """A UUID of version 7 (RFC 9562): 48 bits of milliseconds, then random bits."""
    milliseconds = clock() // 1_000_000 & (1 << 48) - 1
    random = int.from_bytes(os.urandom(10))
    value = milliseconds << 80 | random
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(3 << 62) | 2 << 62
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def made_at(request_id: str) -> datetime | None:
    """When the gateway made an id; None for an id of another form."""
    if not _UUID7.fullmatch(request_id):
        return None
    milliseconds = int(request_id.replace("-", "")[:12], 16)
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
