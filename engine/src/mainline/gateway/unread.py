"""How much of its answers a client has not read yet."""

import asyncio
import fcntl
import sys
import termios
from contextlib import suppress


def unread(transport: asyncio.Transport) -> int:
    """Bytes that wait here and in the kernel, whose buffer may hold megabytes."""
    size = transport.get_write_buffer_size()
    with suppress(OSError, TypeError, ValueError):  # the connection is lost, or no socket's
        queued = fcntl.ioctl(transport.get_extra_info("socket"), termios.TIOCOUTQ, bytes(4))
        size += int.from_bytes(queued, sys.byteorder)
    return size
