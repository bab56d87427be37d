"""How many files the gateway may have open: each connection is one."""

import resource

from mainline.core.progress import say

OTHERS = 1024  # connections to the server, of gRPC, the spool, what libraries open


def make_room(connections: int) -> None:
    """Raise the soft limit for so many connections, and say it when the machine does not allow it.

    A container often begins with 1,024.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + OTHERS
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    if most < wanted:
        said = f"this machine allows {most:,} open files; limits.connections needs {wanted:,}"
        say("gateway", said)
