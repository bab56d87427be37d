"""The command `log ship`: puts closed segments of a spool into the store, for as long as it runs.

This process only watches. Each round of work is done by a child that ends with it, so that Arrow's
memory is used for a second in a minute.
"""

import os
import signal
import sys
import time
from pathlib import Path
from threading import Event
from typing import NoReturn

from mainline.core.errors import MainlineError
from mainline.process.defects import say_defect
from mainline.process.orphan import end_with_parent
from mainline.request_log.settings import SPOOL, LogSettings, read_settings
from mainline.request_log.spool import Spool, set_aside

PAUSE = 0.5  # seconds between two looks at the spool
LONGEST = 60.0  # seconds between two tries while the store is down
FAILED, NO_MEMORY = 1, 3  # exit codes of the child


def run(
    root: Path, spool: Path | None, settings_file: Path | None, store: str | None, *, once: bool
) -> None:
    """Ship until SIGTERM, then what is left, for at most `drain_seconds`.

    With `once`, ship and end; also what a killed gateway left open, and what was set aside. Raises
    MainlineError when another process works in the spool, or when `once` could not ship all.
    """
    settings = read_settings(settings_file, store).log
    folder = Spool(spool or root / SPOOL)
    with folder.lock("shipper"):
        if once:
            with folder.lock("gateway"):
                folder.recover(folder.counters())
                folder.take_back()
            if not _round(folder, settings, None):
                raise MainlineError("not all of it could be shipped.", where=folder.folder)
            return
        end_with_parent()
        _until_ended(folder, settings)


def _until_ended(spool: Spool, settings: LogSettings) -> None:
    ended, deadline, pause = Event(), [float("inf")], PAUSE

    def end(*_: object) -> None:
        deadline[0] = min(deadline[0], time.monotonic() + settings.drain_seconds)
        ended.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    while True:
        last = ended.is_set()
        if spool.closed():
            well = _round(spool, settings, deadline)
            pause = PAUSE if well else min(pause * 2, LONGEST)
            last = last and (well or time.monotonic() > deadline[0])
        if last:
            break
        if ended.is_set():
            time.sleep(PAUSE)
        else:
            ended.wait(pause)
    if left := len(spool.closed()):
        print(f"log ship: segments that stay in {spool.folder}: {left:,}", file=sys.stderr)


def _round(spool: Spool, settings: LogSettings, deadline: list[float] | None) -> bool:
    """Ship what is closed now, in a child. False when it failed or did not end in time.

    A child that dies is followed by another one, after a pause. A segment at which two of them died
    is set aside.
    """
    died_at = None
    while _dead(code := _exit_code(spool, settings, deadline)):
        at = next(iter(spool.closed()), None)  # the oldest; those before it are shipped
        if at is None or (deadline and time.monotonic() > deadline[0]):
            return False
        if at == died_at:
            set_aside(at, "two processes died at it")
        else:
            died_at = at
            time.sleep(PAUSE)
    return code == 0


def _dead(code: int | None) -> bool:
    """Whether a child was killed or had no memory. Its end by SIGTERM comes from a person."""
    return code is not None and (code == NO_MEMORY or (code < 0 and code != -signal.SIGTERM))


def _exit_code(spool: Spool, settings: LogSettings, deadline: list[float] | None) -> int | None:
    """That of a child that ships what is closed now. None when it did not end in time."""
    child = os.fork()
    if not child:
        _work(spool, settings)
    while True:
        ended, status = os.waitpid(child, os.WNOHANG if deadline else 0)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if deadline and time.monotonic() > deadline[0]:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return None
        time.sleep(0.02)


def _slim() -> None:
    """Keep Arrow from loading NumPy and pandas, 60 MB, to learn that a list is none of theirs."""
    if "pyarrow" not in sys.modules:
        sys.modules["numpy"] = sys.modules["pandas"] = None  # type: ignore[assignment]
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")


def _work(spool: Spool, settings: LogSettings) -> NoReturn:
    """The child's life. Its end runs nothing of the parent's."""
    code = FAILED
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: the parent decides
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        end_with_parent()
        _slim()
        from mainline.request_log.shipped_segments import ship  # noqa: PLC0415  after the line above

        ship(spool, settings)
        code = 0
    except (MainlineError, OSError) as error:  # the store is down, or full: the parent tries again
        print(f"log ship: {error}", file=sys.stderr, flush=True)
    except MemoryError:
        code = NO_MEMORY
    except BaseException as defect:
        say_defect("log ship", defect)
    finally:
        sys.stderr.flush()
        os._exit(code)
