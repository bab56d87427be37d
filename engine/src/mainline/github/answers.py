"""Turns error responses of GitHub into errors that say what to do."""

import json
import time
from collections.abc import Mapping

from mainline.core.errors import MainlineError

BUSY = (429, 500, 502, 503, 504)


class Refused(MainlineError):  # noqa: N818  the name describes an event
    """GitHub refused the request. Repeating it does not help.

    `location` is the address of a redirect, which is never followed with the token.
    """

    def __init__(self, message: str, status: int, location: str = "") -> None:
        super().__init__(message)
        self.status, self.location = status, location


class Unreachable(MainlineError):  # noqa: N818
    """No answer, or a temporary error. `wait` is the delay in seconds that GitHub asked for."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class GaveUp(MainlineError):  # noqa: N818
    """All attempts failed."""


def refusal(what: str, status: int, headers: Mapping[str, str], text: str) -> MainlineError:
    """The error for a status of 300 or more. The names of `headers` are in lower case."""
    said = _message(text)
    wait = _wait(headers)
    limited = status == 403 and (
        "rate limit" in said.lower() or headers.get("x-ratelimit-remaining") == "0"
    )
    if status in BUSY or limited:
        return Unreachable(f"{what}: GitHub is busy ({status}: {said}).", wait)
    why = {
        301: "the repository was renamed: GITHUB_REPOSITORY has the old name",
        401: "the token is wrong or has expired",
        403: (
            "the token has no permission: a fork's token is read-only, and the job needs "
            "`pull-requests: write` and `statuses: write`"
        ),
        404: "it does not exist, or the token has no permission to read it",
        422: "GitHub does not accept this content; a comment has at most 65,536 characters",
    }.get(status, "unexpected")
    return Refused(f"{what}: {status}, {why} ({said}).", status, headers.get("location", ""))


def _message(text: str) -> str:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    said = found.get("message", "") if isinstance(found, dict) else ""
    return " ".join(str(said).split())[:200] or "no reason given"


def _wait(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait: the header Retry-After, or the reset time of an exhausted rate limit."""
    after = headers.get("retry-after", "")
    if after.isdigit():
        return float(after)
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdigit():
        return max(float(reset) - time.time(), 0.0) + 1
    return None
