"""What an answer that is no success means, and what a person can do about it."""

import json
import time
from collections.abc import Mapping

from mainline.core.errors import MainlineError

BUSY = (429, 500, 502, 503, 504)


class Refused(MainlineError):  # noqa: N818  it reads as what happened
    """GitHub said no, and will say it again."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Unreachable(MainlineError):  # noqa: N818
    """No answer, or one that asks for patience; `wait` is the number of seconds asked for."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class GaveUp(MainlineError):  # noqa: N818
    """Patience ran out."""


def refusal(what: str, status: int, headers: Mapping[str, str], text: str) -> MainlineError:
    """The error for a status of 300 and more; the names of `headers` are in small letters."""
    said = _message(text)
    wait = _wait(headers)
    limited = status == 403 and (
        "rate limit" in said.lower() or headers.get("x-ratelimit-remaining") == "0"
    )
    if status in BUSY or limited:
        return Unreachable(f"{what}: GitHub is busy ({status}: {said}).", wait)
    why = {
        301: "the repository has another name now: GITHUB_REPOSITORY is the old one",
        401: "the token is wrong or has expired",
        403: (
            "the token may not do this: a fork's token is read-only, and the job needs "
            "`pull-requests: write` and `statuses: write`"
        ),
        404: "there is no such thing, or the token may not see it",
        422: "GitHub does not take this content; a comment has at most 65,536 characters",
    }.get(status, "unexpected")
    return Refused(f"{what}: {status}, {why} ({said}).", status)


def _message(text: str) -> str:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    said = found.get("message", "") if isinstance(found, dict) else ""
    return " ".join(str(said).split())[:200] or "no reason given"


def _wait(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait: Retry-After, or else the reset of a limit that is used up."""
    after = headers.get("retry-after", "")
    if after.isdigit():
        return float(after)
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdigit():
        return max(float(reset) - time.time(), 0.0) + 1
    return None
