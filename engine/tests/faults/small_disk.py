"""A real disk of some megabytes that can be filled: tmpfs in a mount namespace of its own.

Root may have one, and on most systems anybody else in a user namespace. Commands run inside of the
namespace; from outside its files are reached through /proc.
"""

import os
import subprocess
import sys
from pathlib import Path

from loop_project import surroundings

WAYS = {
    "root": (["unshare", "--mount"], ["--mount"]),
    "anybody": (
        ["unshare", "--user", "--map-root-user", "--mount"],
        ["--user", "--preserve-credentials", "--mount"],
    ),
}
HOLD = 'mount -t tmpfs -o size=64m tmpfs "$1" && echo ready && read -r _'
PATIENCE = 600  # seconds; a hang, not slowness, on the slowest machine


class SmallDisk:
    """Mounted at `place`, an empty directory, for those inside of the namespace alone."""

    def __init__(self, place: Path) -> None:
        self.place, refused = place, []
        for start, self._enter in WAYS.values():
            self._holder = subprocess.Popen(
                [*start, "sh", "-c", HOLD, "hold", str(place)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            assert self._holder.stdout is not None
            said = self._holder.stdout.readline()
            if said == "ready\n":
                break
            refused.append(said.strip())
            self.close()
        else:
            raise AssertionError(
                "no small disk can be made here, so nothing is proven about a full one. It takes "
                "`unshare --mount` as root, or user namespaces for anybody (in a container: "
                f"CAP_SYS_ADMIN). Refused: {'; '.join(refused)}"
            )
        self._seen = Path(f"/proc/{self._holder.pid}/root{place}")
        self._ballast = self._seen / "ballast"
        self.project = self._seen / "project"

    def close(self) -> None:
        self._holder.communicate("\n")

    def fill(self, kilobytes: int = 0) -> None:
        """Leave `kilobytes` free, in whole pages."""
        with self._ballast.open("ab") as file:
            while room := self._free() - kilobytes * 1024:
                size = os.fstat(file.fileno()).st_size
                os.posix_fallocate(file.fileno(), size, room)

    def _free(self) -> int:
        about = os.statvfs(self._seen)
        return about.f_bavail * about.f_frsize

    def empty(self) -> None:
        self._ballast.unlink(missing_ok=True)

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """One of our commands, in the project that is on the disk."""
        inside = self.place / self.project.name
        return subprocess.run(
            ["nsenter", f"--target={self._holder.pid}", *self._enter,
             "sh", "-c", 'cd "$1" && shift && exec "$@"', "in", str(inside),
             sys.executable, "-m", "mainline.cli.main", *command],
            env=surroundings(inside / "src"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=PATIENCE,
        )  # fmt: skip
