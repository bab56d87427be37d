"""Starts a module of ours that meets what a proposal made: without tokens, and apart.

The parent hides its environment, and the child gets one of its own.
"""

import ctypes
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.outside import apart

# What the child's environment holds: where commands and certificates are, and no secret.
PASSED = (
    "PATH",
    "LANG",
    "LC_ALL",
    "TZ",
    "LD_LIBRARY_PATH",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
)
OF_FOLDERS = ("HOME", "TMPDIR", "DVC_SITE_CACHE_DIR")
NOT_DUMPABLE = 4  # PR_SET_DUMPABLE of Linux


def run(
    module: str,
    *arguments: str,
    at: Path,
    writes: Path,
    network: bool = True,
    only_apart: bool = False,
    read: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Run a module in the folder `at`, in namespaces of its own. It writes below `writes` alone.

    Where there are no namespaces it runs without, or not at all if it runs `only_apart`: then
    this raises MainlineError. `read` returns what it prints.
    """
    _hide()
    with tempfile.TemporaryDirectory(dir=writes) as home:
        environment = clean(os.environ, Path(home))
        program = [sys.executable, "-P", "-m", module, *arguments]
        found, command = apart.command(program, environment, writes, network=network)
        print(f"{module} runs in {f'namespaces {found}' if found else 'no namespaces'}", flush=True)
        if only_apart and not found:
            raise MainlineError(
                "there are no Linux namespaces here, and a proposal's code does not run without.",
                hint="Use a runner where `unshare --user` or `sudo unshare` works.",
            )
        pipe = subprocess.PIPE if read else None
        return subprocess.run(
            command,
            cwd=at,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=pipe,
            text=True,
            errors="replace",
            check=False,
        )


def clean(values: Mapping[str, str], home: Path) -> dict[str, str]:
    """The environment of the child, whose own files are in `home`."""
    passed = {name: value for name, value in values.items() if name.upper() in PASSED}
    own = dict.fromkeys(OF_FOLDERS, str(home.resolve()))
    return passed | own | {"CI": "true", "DVC_NO_ANALYTICS": "1"}


def _hide() -> None:
    """Keep other processes of this user from reading the environment of this one. Not root's."""
    with suppress(OSError, AttributeError):  # not on Linux
        ctypes.CDLL(None).prctl(NOT_DUMPABLE, 0, 0, 0, 0)
