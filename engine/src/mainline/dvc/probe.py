"""Checks whether the DVC remote answers, in a separate process with a time limit.

Without credentials the cloud libraries retry for minutes, and they have no common time limit. The
process is `python -m` with this module and the remote's name. It prints one line on an error.
"""

import logging
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fsspec.asyn import get_loop, sync

from mainline.dvc.outputs import remote_name

LIMIT = 30.0  # seconds; a healthy remote answers in one or two
OK, WRONG = 0, 3
SILENT = "no answer"
QUICKER = {"AWS_MAX_ATTEMPTS": "2"}  # the default is five, with growing pauses


@dataclass(frozen=True)
class Remote:
    """The default remote. `name` is empty when none is set; `trouble` is empty when it answers."""

    name: str
    trouble: str = ""

    @property
    def silent(self) -> bool:
        """Whether it did not answer at all. Then it is not asked for files either."""
        return self.trouble.startswith(SILENT)

    @property
    def without(self) -> str:
        """One line for the terminal."""
        return f"The DVC remote '{self.name}' fails ({self.trouble}); continuing without it."


def default(root: Path, environment: dict[str, str]) -> Remote:
    """The default remote of `root`, after a check."""
    name = remote_name(root)
    return Remote(name, trouble(root, name, environment) if name else "")


def trouble(root: Path, remote: str, environment: dict[str, str]) -> str:
    """The error in one line; empty when the remote answers."""
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", __name__, remote],
            cwd=root,
            env=QUICKER | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=LIMIT,
        )
    except subprocess.TimeoutExpired:
        return f"{SILENT} within {LIMIT:.0f} s"
    if done.returncode == OK:
        return ""
    said = done.stdout if done.returncode == WRONG else done.stderr
    return (said.strip().splitlines() or [f"exit code {done.returncode}"])[-1][:300]


def ask(remote: str) -> str:
    """List the remote. Returns the error of its library in one line, or ""."""
    from dvc.repo import Repo  # noqa: PLC0415  the caller does not need it

    logging.disable(logging.CRITICAL)
    try:
        with Repo() as repo:
            store = repo.cloud.get_remote_odb(remote)
            if store.fs.protocol == "local":
                store.fs.makedirs(store.path, exist_ok=True)
            else:
                _log_in(store.fs.fs_args)
                _list(store)
    except Exception as error:  # remotes have no common error class
        return f"{type(error).__name__}: {' '.join(str(error).split())}"
    return ""


def _log_in(options: dict[str, Any]) -> None:
    """Get Azure's token once. Its storage client would retry for a minute and a half."""
    ask = getattr(options.get("credential"), "get_token", None)
    if ask:
        sync(get_loop(), ask, "https://storage.azure.com/.default")  # on the loop of the client


def _list(store: Any) -> None:
    try:
        store.fs.ls(store.path)
    except NotImplementedError:  # fsspec raises it for remotes that cannot list, such as HTTP
        store.fs.exists(store.path)  # raises if the server does not answer
        raise  # the remote may still give files: the caller tries, and can explain a failure
    except FileNotFoundError:
        return  # the bucket answers; the prefix is empty


if __name__ == "__main__":
    found = ask(sys.argv[1])
    print(found, flush=True)
    os._exit(WRONG if found else OK)  # do not wait for threads of cloud libraries
