"""One run at a time in a checkout, by a lock that the kernel takes back from whoever is killed."""

import datetime
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from customer_churn.core.errors import UserError

PLACE = Path(".dvc/tmp/one-run.lock")


@contextmanager
def one_run(root: Path, command: str) -> Iterator[None]:
    """Hold the checkout's lock. Raises UserError that says who holds it.

    A child process started with `close_fds=False` holds it as well: should this one be killed, what
    it started may go on, and nobody else begins before that has ended.
    """
    if not (root / PLACE).parents[1].is_dir():  # no project: there is nothing to get in the way of
        yield
        return
    (root / PLACE).parent.mkdir(exist_ok=True)
    lock = os.open(root / PLACE, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        os.set_inheritable(lock, True)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(_busy(os.pread(lock, 200, 0).decode(errors="replace"))) from None
        except OSError:  # a file system without locks, as some network drives are
            yield
            return
        now = datetime.datetime.now().astimezone()
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()} {command} {now:%H:%M}".encode(), 0)
        yield
    finally:
        os.close(lock)


def _busy(holder: str) -> str:
    number, _, about = holder.partition(" ")
    command, _, since = about.partition(" ")
    said = f"`{command}` (process {number}, since {since})"
    with suppress(ValueError, PermissionError):
        try:
            os.kill(int(number), 0)
        except ProcessLookupError:
            return f"{said} was killed, and the pipeline that it started still runs. Wait for that."
    return f"{said} is at work in this checkout. Wait for its end, or stop it: `kill -INT {number}`"
