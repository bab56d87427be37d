"""One run at a time in a checkout, by a lock that the kernel releases when its holder dies."""

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
    """Hold the checkout's lock. Raises MainlineError that says who holds it.

    A child process started with `close_fds=False` holds it as well: a pipeline goes on when the run
    that started it is killed.
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
        except OSError:  # a file system without locks, as some network drives are
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
        f"`{command}` (process {number}, since {since}), or what it started, is at work in this "
        "checkout.",
        hint=f"Wait for its end, or stop it: `kill -INT {number}`",
    )
