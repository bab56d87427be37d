"""Whether the DVC remote answers, asked in a process of its own that can be stopped.

The libraries of the clouds try for minutes when they find no credentials, each in its own way;
none of them takes one limit for all of it. `python -m` this with the remote's name: it prints one
line when something is wrong.
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

LIMIT = 30.0  # seconds; a remote that is well answers in one or two
OK, WRONG = 0, 3
SILENT = "no answer"
QUICKER = {"AWS_MAX_ATTEMPTS": "2"}  # by default five, longer apart each time


@dataclass(frozen=True)
class Remote:
    """The default remote. `name` is empty when there is none, `trouble` when it answers."""

    name: str
    trouble: str = ""

    @property
    def silent(self) -> bool:
        """Whether it gives no answer at all: then it is not asked for files either."""
        return self.trouble.startswith(SILENT)

    @property
    def without(self) -> str:
        """One line for the person who waits."""
        return f"The DVC remote '{self.name}' does not answer ({self.trouble}); on without it."


def default(root: Path, environment: dict[str, str]) -> Remote:
    """The default remote of `root`, asked."""
    name = remote_name(root)
    return Remote(name, trouble(root, name, environment) if name else "")


def trouble(root: Path, remote: str, environment: dict[str, str]) -> str:
    """One line about what is wrong; empty when the remote answers."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__, remote],
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
    return (said.strip().splitlines() or [f"it ended with {done.returncode}"])[-1][:300]


def ask(remote: str) -> str:
    """What is wrong in the words of the library that speaks to the remote, on one line."""
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
    except Exception as error:  # each store raises kinds of its own
        return f"{type(error).__name__}: {' '.join(str(error).split())}"
    return ""


def _log_in(options: dict[str, Any]) -> None:
    """Azure's storage client would ask for a token four times, in a minute and a half."""
    ask = getattr(options.get("credential"), "get_token", None)
    if ask:
        sync(get_loop(), ask, "https://storage.azure.com/.default")  # on the loop of the client


def _list(store: Any) -> None:
    try:
        store.fs.ls(store.path)
    except NotImplementedError:  # fsspec's word for what cannot list, HTTP for one
        store.fs.exists(store.path)  # a server that does not answer is not got past
        raise  # it may give files all the same: the caller tries, and knows why if that fails
    except FileNotFoundError:
        return  # an empty prefix of a bucket that answers


if __name__ == "__main__":
    found = ask(sys.argv[1])
    print(found, flush=True)
    os._exit(WRONG if found else OK)  # some libraries leave threads that would be waited for
