"""The environment of child processes, and how they are ended."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, AnyStr

PATIENCE = 5.0  # seconds between two signals


def environment(*sources: Path) -> dict[str, str]:
    """This process's environment with this Python's commands first on PATH, and bash for DVC.

    `sources` are folders to take packages from before the installed ones.
    """
    commands = Path(sys.executable).parent
    values = os.environ | {
        "PATH": f"{commands}{os.pathsep}{os.environ.get('PATH', '')}",
        "DVC_NO_ANALYTICS": "1",
    }
    if bash := shutil.which("bash"):  # unlike dash, it replaces itself by the stage: see `orphan`
        values["SHELL"] = bash
    if sources:
        values["PYTHONPATH"] = os.pathsep.join(map(str, sources))
    return values


@contextmanager
def ending(process: "subprocess.Popen[AnyStr]") -> Iterator["subprocess.Popen[AnyStr]"]:
    """If the block raises, for example by Ctrl-C, end the process and its descendants."""
    try:
        yield process
    except BaseException:
        end(process)
        raise


def end(process: "subprocess.Popen[Any]") -> None:
    """Wait for a process and its descendants. If they do not end, interrupt them, then kill them.

    A terminal sends Ctrl-C to all of them, but `kill -INT` reaches only this process.
    """
    if process.poll() is not None:
        return
    import psutil  # type: ignore[import-untyped]  # noqa: PLC0415  it comes with DVC

    family: list[Any] = []
    with suppress(psutil.Error):
        first = psutil.Process(process.pid)
        family = [first, *first.children(recursive=True)]
    for number in (None, signal.SIGINT, signal.SIGKILL):
        for member in family if number else ():
            with suppress(psutil.Error):
                member.send_signal(number)
        _, alive = psutil.wait_procs(family, timeout=PATIENCE)
        # Parents first: a shell whose command is interrupted before it goes on with its next one.
        family = [member for member in family if member in alive]
        if not family:
            break
    process.wait()
