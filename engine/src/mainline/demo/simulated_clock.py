"""The time of simulated days, which one process sets and the gateway's log reads."""

import mmap
import struct
from datetime import datetime
from pathlib import Path

FORM = struct.Struct("d")


class SimulatedClock:
    """Seconds since 1970 in a file of eight bytes."""

    def __init__(self, file: Path) -> None:
        """Open the file, and make it when it is not there."""
        if not file.exists():
            file.write_bytes(FORM.pack(0.0))
        with file.open("r+b") as opened:
            self._shared = mmap.mmap(opened.fileno(), FORM.size)

    def set(self, when: datetime) -> None:
        """From now on it is this time."""
        self._shared[:] = FORM.pack(when.timestamp())

    def now(self) -> float:
        """Seconds since 1970."""
        found: float = FORM.unpack(self._shared[:])[0]
        return found
