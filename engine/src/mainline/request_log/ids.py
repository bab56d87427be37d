"""Ids that begin with the time (UUID version 7): the id of a request tells its hour."""

import random
import re
import time
from datetime import UTC, datetime

_FORM = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_LOW = (1 << 62) - 1
_LAST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


def uuid7() -> str:
    """A new id: 48 bits of milliseconds, 74 bits of chance."""
    chance = random.getrandbits(74)
    number = (time.time_ns() // 1_000_000) << 80 | 7 << 76 | (chance >> 62) << 64
    text = f"{number | 2 << 62 | (chance & _LOW):032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def moment(request_id: str) -> datetime | None:
    """When an id was made; None for an id that a caller made in another way."""
    if not _FORM.fullmatch(request_id):
        return None
    seconds = int(request_id[:8] + request_id[9:13], 16) / 1000
    return datetime.fromtimestamp(seconds, UTC) if seconds < _LAST else None
