"""A stage does not outlive the pipeline that started it: nobody would wait for what it writes."""

import _thread
import os
import threading
import time
from collections.abc import Callable

EVERY, GRACE = 0.5, 5.0  # seconds
SHELLS = {"ash", "bash", "busybox", "dash", "fish", "ksh", "mksh", "sh", "zsh"}


def end_with_parent() -> None:
    """From now on, end this process as Ctrl-C would once what started it is gone, killed for one.

    DVC starts a shell, and only some shells make way for the one command that they are given. One
    that stays outlives DVC, so what is watched then is whether the shell still has its parent.
    """
    parent = os.getppid()
    of_shell = _parent_of_shell(parent)
    before = of_shell()

    def watch() -> None:
        while os.getppid() == parent and of_shell() == before:
            time.sleep(EVERY)
        _thread.interrupt_main()
        time.sleep(GRACE)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _parent_of_shell(pid: int) -> Callable[[], int]:
    """How to ask who the parent of process `pid` is, when that is a shell; else nothing changes."""
    try:
        import psutil  # type: ignore[import-untyped]  # noqa: PLC0415  it comes with DVC
    except ImportError:  # with a DVC that is installed elsewhere
        return lambda: 0

    def ask() -> int:
        try:
            process = psutil.Process(pid)
            return process.ppid() if process.name().removesuffix(".exe") in SHELLS else 0
        except psutil.Error:  # gone, which `os.getppid` says as well
            return 0

    return ask
