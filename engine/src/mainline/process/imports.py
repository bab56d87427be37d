"""Imports heavy libraries without their output, faster, and with an immediate Ctrl-C."""

import gc
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def hushed() -> Iterator[None]:
    """Hide output to file descriptor 2. If the block raises, print it.

    TensorFlow's C++ code writes there before its log levels apply; no setting prevents that.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except Exception:
            os.dup2(kept, 2)
            held.seek(0)
            os.write(2, held.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


@contextmanager
def importing() -> Iterator[None]:
    """Import modules in this block, without their output and without the garbage collector.

    The collector would scan all modules again and again without result; that is half the time of
    TensorFlow's import (docs/performance.md). In the main thread Ctrl-C ends the process at once.
    That is safe, as nothing is written yet, and C code would turn a KeyboardInterrupt into an
    ImportError.
    """
    first = threading.current_thread() is threading.main_thread()
    quick = first and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if quick:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.disable()
    try:
        with hushed():
            yield
    finally:
        gc.freeze()
        gc.enable()
        if quick:
            signal.signal(signal.SIGINT, signal.default_int_handler)
