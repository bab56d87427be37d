"""The id of a request: the caller's own, or a new one."""

import re

from mainline.request_log.ids import uuid7

# As long as callers' ids are in use: a UUID has 36 characters, a W3C trace context 55.
_KEPT = re.compile(r"[\x21-\x7e]{1,128}")


def request_id(given: str = "") -> str:
    """`given` if it is visible ASCII of at most 128 characters, else a new one."""
    return given if _KEPT.fullmatch(given) else uuid7()
