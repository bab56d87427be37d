"""Ctrl-C is not lost where other code makes something else of it."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_met = False


@contextmanager
def heeded() -> Iterator[None]:
    """A block that Ctrl-C met and that fails ends by KeyboardInterrupt.

    Code in C that is interrupted, most of it while it is imported, says ImportError, or clears the
    interrupt away and goes on: see `check`. And what Ctrl-C met in a child is the child's failure
    here. Only the main thread hears of signals, and whoever ignores them goes on doing so.
    """
    global _met  # noqa: PLW0603  as there is one handler
    first = threading.current_thread() is threading.main_thread()
    if not first or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, _hear)
    try:
        yield
    except Exception as error:
        if _met:
            raise KeyboardInterrupt from error
        raise
    finally:
        _met = False
        signal.signal(signal.SIGINT, signal.default_int_handler)


def check() -> None:
    """Raise KeyboardInterrupt when Ctrl-C was met in a block that is `heeded`, and cleared away."""
    if _met:
        raise KeyboardInterrupt


def answered() -> None:
    """Call it where Ctrl-C is an answer, as to a server that is no longer wanted."""
    global _met  # noqa: PLW0603
    _met = False


def _hear(number: int, frame: FrameType | None) -> None:
    global _met  # noqa: PLW0603
    _met = True
    signal.default_int_handler(number, frame)
