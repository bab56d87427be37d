"""Ports of this machine."""

import socket

from mainline.core.errors import MainlineError


def taken(host: str, port: int, option: str) -> MainlineError:
    """The error for a port that cannot be used; `option` sets another."""
    return MainlineError(
        f"cannot listen on {host}:{port}: it is in use, or not an address of this machine. "
        f"`{option}` sets another port."
    )


def check(host: str, port: int, option: str) -> None:
    """Raises MainlineError when nothing could listen at this address."""
    try:
        socket.create_server((host, port)).close()
    except OSError:
        raise taken(host, port, option) from None


def free(host: str) -> int:
    """A port that nothing listens at."""
    with socket.create_server((host, 0)) as probe:
        port: int = probe.getsockname()[1]
    return port
