"""Watches a spool, and lets a child ship each round of closed segments.

As a program it is what `log ship` becomes. Before a fork it imports next to nothing, so it takes
10 MB; what a child loads is in memory for a second in a minute.
"""

import os
import signal
import sys
import time
from threading import Event
from typing import NoReturn

from mainline.request_log.segment_names import CLOSED

PAUSE = 0.5  # seconds between two looks at the spool
LONGEST = 60.0  # seconds between two tries while the store is down
FAILED, NO_MEMORY = 1, 3  # exit codes of the child
# Arrow loads them to learn that a list is none of theirs, 60 MB, or before they are needed.
_UNUSED = ("numpy", "pandas", "pyarrow._azurefs", "pyarrow._hdfs")
_OF_STORES = {"s3://": "pyarrow._s3fs", "gs://": "pyarrow._gcsfs"}


def become(folder: str, settings: str, drain_seconds: float) -> NoReturn:
    """Replace this process by the program. `settings` is a `Shipping` as text."""
    line = [sys.executable, "-m", "mainline.request_log.watch_spool"]
    os.execv(sys.executable, [*line, folder, settings, str(drain_seconds)])  # noqa: S606


def watch(folder: str, settings: str, drain_seconds: float) -> None:
    """Ship until SIGTERM, then what is left, for at most `drain_seconds`."""
    ended, deadline, pause = Event(), [float("inf")], PAUSE

    def end(*_: object) -> None:
        deadline[0] = min(deadline[0], time.monotonic() + drain_seconds)
        ended.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    while True:
        last = ended.is_set()
        if closed(folder):
            well = ship_round(folder, settings, deadline)
            pause = PAUSE if well else min(pause * 2, LONGEST)
            last = last and (well or time.monotonic() > deadline[0])
        if last:
            break
        if ended.is_set():
            time.sleep(PAUSE)
        else:
            ended.wait(pause)
    if left := len(closed(folder)):
        print(f"log ship: segments that stay in {folder}: {left:,}", file=sys.stderr)


def closed(folder: str) -> list[str]:
    """Names of segments that no process writes to, oldest first."""
    names = os.listdir(folder)  # noqa: PTH208  pathlib takes memory
    return sorted(name for name in names if name.endswith(CLOSED))


def ship_round(folder: str, settings: str, deadline: list[float] | None) -> bool:
    """Ship what is closed now, in a child. False when it failed or did not end in time.

    A child that dies is followed by another one, after a pause. A segment at which two of them died
    is set aside.
    """
    died_at = None
    while _dead(code := _exit_code(folder, settings, deadline)):
        at = next(iter(closed(folder)), None)  # the oldest; those before it are shipped
        if at is None or (deadline and time.monotonic() > deadline[0]):
            return False
        if at == died_at:
            _set_aside(folder, at)
        else:
            died_at = at
            time.sleep(PAUSE)
    return code == 0


def _set_aside(folder: str, name: str) -> None:
    from pathlib import Path  # noqa: PLC0415  rarely needed, and it takes memory

    from mainline.request_log.spool import set_aside  # noqa: PLC0415  likewise

    set_aside(Path(folder) / name, "two processes died at it")


def _dead(code: int | None) -> bool:
    """Whether a child was killed or had no memory. Its end by SIGTERM comes from a person."""
    return code is not None and (code == NO_MEMORY or (code < 0 and code != -signal.SIGTERM))


def _exit_code(folder: str, settings: str, deadline: list[float] | None) -> int | None:
    """That of a child that ships what is closed now. None when it did not end in time."""
    child = os.fork()
    if not child:
        _work(folder, settings)
    while True:
        ended, status = os.waitpid(child, os.WNOHANG if deadline else 0)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if deadline and time.monotonic() > deadline[0]:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return None
        time.sleep(0.02)


def _slim(store: str) -> None:
    """Keep Arrow from loading what this store does not need."""
    if "pyarrow" not in sys.modules:
        others = [name for start, name in _OF_STORES.items() if not store.startswith(start)]
        sys.modules.update(dict.fromkeys((*_UNUSED, *others)))  # type: ignore[arg-type]
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")


def _work(folder: str, settings: str) -> NoReturn:
    """The child's life. Its end runs nothing of the parent's."""
    code = FAILED
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: the parent decides
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        code = _shipped(folder, settings)
    finally:
        sys.stderr.flush()
        os._exit(code)


def _shipped(folder: str, settings: str) -> int:
    """Ship, and say what went wrong. Returns the exit code."""
    # Imported here: the parent shall not have them.
    from pathlib import Path  # noqa: PLC0415

    from mainline.core.errors import MainlineError  # noqa: PLC0415
    from mainline.process.defects import say_defect  # noqa: PLC0415
    from mainline.process.orphan import end_with_parent  # noqa: PLC0415
    from mainline.request_log.ship_settings import Shipping  # noqa: PLC0415

    try:
        end_with_parent()
        chosen = Shipping.parsed(settings)
        _slim(chosen.store)
        from mainline.request_log.shipped_segments import ship  # noqa: PLC0415  after the line above
        from mainline.request_log.spool import Spool  # noqa: PLC0415

        ship(Spool(Path(folder)), chosen)
    except (MainlineError, OSError) as error:  # the store is down, or full: the parent tries again
        print(f"log ship: {error}", file=sys.stderr, flush=True)
        return FAILED
    except MemoryError:
        return NO_MEMORY
    except BaseException as defect:
        say_defect("log ship", defect)
        return FAILED
    return 0


if __name__ == "__main__":
    watch(sys.argv[1], sys.argv[2], float(sys.argv[3]))
