"""Open files of the gateway: as many as its user may have, and connections that fit into them.

Each connection is one. Without room for the log's own files, answers would not be logged.
"""

import resource
from contextlib import suppress

from mainline.core.progress import say
from mainline.request_log.settings import LimitSettings

OWN = 256  # of the log, the ways to model servers, the port of the figures, and children
MOST = 2**31 - 1  # of gRPC's numbers


def raise_limit() -> None:
    """Set the soft limit to the hard one: by default it is 1024."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with suppress(OSError, ValueError):  # macOS says that there is none, and has one
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def fitting(limits: LimitSettings) -> LimitSettings:
    """The limits, with no more connections over REST than half of what fits; says so in a line."""
    most = max(1, _room() // 2)
    if limits.connections <= most:
        return limits
    say(
        "gateway",
        f"`limits.connections` is {limits.connections}, and {most} fit: the process may have "
        f"{_room() + OWN} open files (`ulimit -Hn`)",
    )
    return limits.model_copy(update={"connections": most})


def of_grpc(limits: LimitSettings) -> int:
    """How many connections over gRPC fit beside those over REST: half of what fits, or more."""
    return max(1, _room() // 2, _room() - limits.connections)


def _room() -> int:
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return (MOST if soft == resource.RLIM_INFINITY else min(soft, MOST)) - OWN
