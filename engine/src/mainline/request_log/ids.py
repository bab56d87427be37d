"""Ids that begin with the time (UUID version 7): the id of a request tells its hour."""

import os
import re
import time
import uuid
from datetime import UTC, datetime

_FORM = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_LAST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


def uuid7() -> str:
    """A new id: 48 bits of milliseconds, 74 bits of chance."""
    random = int.from_bytes(os.urandom(10))
    number = (time.time_ns() // 1_000_000) << 80 | 7 << 76 | (random >> 68) << 64
    return str(uuid.UUID(int=number | 2 << 62 | (random & ((1 << 62) - 1))))


def moment(request_id: str) -> datetime | None:
    """When an id was made; None for an id that a caller made in another way."""
    if not _FORM.fullmatch(request_id):
        return None
    seconds = int(request_id[:8] + request_id[9:13], 16) / 1000
    return datetime.fromtimestamp(seconds, UTC) if seconds < _LAST else None
