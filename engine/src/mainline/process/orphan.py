"""A stage does not outlive the DVC that started it: it could write over the next run's outputs."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def end_with_parent() -> None:
    """Let Linux end this process when its parent is killed. Other systems do nothing.

    DVC is the parent where its shell, bash, replaces itself by a stage's one command.
    """
    if sys.platform != "linux":
        return
    parent = os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # killed before the call
        os.kill(os.getpid(), signal.SIGTERM)
