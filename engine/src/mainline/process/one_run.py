"""Allows one run at a time in a checkout, with a file lock that the kernel releases."""

import datetime
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.files import writing
from mainline.core.layout import Layout


@contextmanager
def one_run(root: Path, command: str) -> Iterator[None]:
    """Hold the checkout's lock. Raises MainlineError, with the holder, when it is taken.

    A child process that is started with `close_fds=False` holds the lock too: if the run is killed,
    its pipeline may still be active.
    """
    path = Layout(root).one_run
    if not path.parents[1].is_dir():  # no project: there is nothing to protect
        yield
        return
    with writing(path):
        path.parent.mkdir(exist_ok=True)
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        os.set_inheritable(lock, True)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _busy(os.pread(lock, 200, 0).decode(errors="replace")) from None
        except OSError:  # a file system without locks, such as some network drives
            yield
            return
        now = datetime.datetime.now().astimezone()
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()} {command} {now:%H:%M}".encode(), 0)
        yield
    finally:
        os.close(lock)


def _busy(holder: str) -> MainlineError:
    number, command, since = f"{holder}  ".split(" ")[:3]
    return MainlineError(
        f"`{command}` (process {number}, since {since}), or a process that it started, is running "
        "in this checkout.",
        hint=f"Wait until it ends, or stop it: `kill -INT {number}`",
    )
