"""Ends a stage when its DVC is killed. Else it could overwrite the outputs of the next run."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def end_with_parent() -> None:
    """Let Linux end this process when its parent is killed. Other systems do nothing.

    DVC is the parent: its shell, bash, replaces itself by the stage's single command.
    """
    if sys.platform != "linux":
        return
    parent = os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # killed before the call
        os.kill(os.getpid(), signal.SIGTERM)
