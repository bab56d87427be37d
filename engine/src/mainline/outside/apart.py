"""Runs a program in Linux namespaces of its own, where they can be had.

There it sees no other process, writes into one folder alone, and cannot become root. Started as a
module, this is what runs there first.
"""

import ctypes
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

UNSHARE = ("unshare", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child")
MINE = (f"--reuid={os.getuid()}", f"--regid={os.getgid()}", "--clear-groups")
# How namespaces are had, and what gives root's rights up again inside. By sudo first: that leaves
# the user's groups behind, of which `docker` is as good as root.
WAYS = {
    "by sudo": (("sudo", "--non-interactive", *UNSHARE), MINE),
    "of this user": ((*UNSHARE, "--user", "--map-root-user"), ()),
}
NO_NETWORK = "--net"
SOCKETS = "/run"  # of the machine's services: no network is needed to speak to them
BIND, HERE, ALL_BELOW, READ_ONLY = 4096, -100, 0x8000, 1  # mount(2), mount_setattr(2)
MOUNT_SETATTR = 442


def command(
    program: Sequence[str], environment: Mapping[str, str], writes: Path, *, network: bool
) -> tuple[str, list[str]]:
    """Which namespaces there are, empty when there are none, and the line that starts `program`.

    `writes` is the folder that it may write into; `environment` is all that it gets.
    """
    inside = [sys.executable, "-I", str(Path(__file__)), str(writes.resolve())]
    inside.append("" if network else SOCKETS)
    last = ["env", "-i", *(f"{name}={value}" for name, value in environment.items())]
    for name, (way, less) in WAYS.items():
        rights = ["setpriv", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", *less]
        start = [*way, *([] if network else [NO_NETWORK]), *inside, *rights, *last]
        try:
            if subprocess.run([*start, "true"], capture_output=True, check=False).returncode == 0:
                return name, [*start, *program]
        except OSError:  # no such program
            continue
    return "", [*last, *program]


def close(writes: str, hidden: str) -> None:
    """Make every file system but the folder `writes` one that is only read; empty `hidden`."""
    system = ctypes.CDLL(None, use_errno=True)
    folder = os.fsencode(writes)

    def change(path: bytes, flags: int, on: int, off: int) -> int:
        about = (ctypes.c_uint64 * 4)(on, off, 0, 0)
        return int(system.syscall(MOUNT_SETATTR, HERE, path, flags, about, ctypes.sizeof(about)))

    if (
        (hidden and system.mount(b"tmpfs", os.fsencode(hidden), b"tmpfs", 0, None))
        or system.mount(folder, folder, None, BIND, None)
        or change(b"/", ALL_BELOW, READ_ONLY, 0)
        or change(folder, 0, 0, READ_ONLY)
    ):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


if __name__ == "__main__":
    close(*sys.argv[1:3])
    os.execvp(sys.argv[3], sys.argv[3:])  # noqa: S606  the program that was asked for
