"""Counters of a spool in one mapped page, which outlives a killed process."""

import mmap
import os
import struct
import weakref
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from mainline.core.files import writing

_FORM = b"mainline request log 1\n"
_CALLERS = struct.Struct("<QQ")  # accepted, dropped by a full queue
_WRITERS = struct.Struct("<QQQQ")  # through, lost, dropped by a full spool, by a failing disk
_AT, _WRITERS_AT, _SIZE = 32, 64, 4096
# Unlike `mmap.flush` it lets other threads run: an answer would wait for the disk.
_sync = getattr(os, "fdatasync", os.fsync)
DISK, QUEUE, SPOOL = "disk", "queue", "spool"  # reasons to drop


@dataclass
class Counts:
    """What came of every exchange since the spool was made, and what waits in it.

    `accepted` is the sum of `written`, `lost_before` (by earlier kills), the drops by `disk` and
    `spool`, and what is on its way to the disk. Drops by `queue` were not accepted.
    """

    accepted: int = 0
    written: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    lost_before: int = 0
    spool_bytes: int = 0
    oldest_seconds: float = 0.0
    shipped_rows: int = 0


class Counters:
    """Numbers are stored as they change, without a system call."""

    def __init__(self, file: int) -> None:
        """`file` is the page's open file, which is closed with this object; -1 is memory alone."""
        self._file, self._page = file, (page := mmap.mmap(file, _SIZE))
        if file >= 0:
            weakref.finalize(self, os.close, file)
        self.accepted: int
        self.through: int
        self.accepted, self.queue = _CALLERS.unpack_from(page, _AT)
        self.through, self.lost, self.spool, self.disk = _WRITERS.unpack_from(page, _WRITERS_AT)

    @classmethod
    def of(cls, path: Path) -> Self:
        """The counters in a file, which is made when it is not there."""
        with writing(path):
            file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                if os.read(file, len(_FORM)) != _FORM or os.fstat(file).st_size != _SIZE:
                    page = _FORM.ljust(_SIZE, b"\0")  # whole: a hole would need room later
                    os.ftruncate(file, 0)
                    os.pwrite(file, page, 0)
            except OSError:
                os.close(file)
                raise
            return cls(file)

    def accept(self) -> None:
        """Count one exchange that is taken into the queue."""
        self.accepted += 1
        _CALLERS.pack_into(self._page, _AT, self.accepted, self.queue)

    def refuse(self) -> None:
        """Count one that the full queue has no place for."""
        self.queue += 1
        _CALLERS.pack_into(self._page, _AT, self.accepted, self.queue)

    def passed(self, count: int, reason: str = "") -> None:
        """Count exchanges that the disk of the spool has, or that are dropped for a reason."""
        self.through += count
        if reason == SPOOL:
            self.spool += count
        elif reason == DISK:
            self.disk += count
        self._store()

    def recover(self, last: int) -> int:
        """Count what an earlier process accepted and did not write; `last` is the last record's.

        Returns their number.
        """
        self.through = max(self.through, last)
        self.accepted = max(self.accepted, self.through)  # the page of a lost machine is older
        missing = self.accepted - self.through
        self.lost += missing
        self.through = self.accepted
        self._store()
        _CALLERS.pack_into(self._page, _AT, self.accepted, self.queue)
        return missing

    def add(self, other: Self) -> None:
        """Add what was counted elsewhere, before this page could be made."""
        self.accepted += other.accepted
        self.queue += other.queue
        self.disk += other.disk
        _CALLERS.pack_into(self._page, _AT, self.accepted, self.queue)
        self.passed(other.through)

    def counts(self) -> Counts:
        """The numbers for a person."""
        return Counts(
            accepted=self.accepted,
            written=self.through - self.lost - self.spool - self.disk,
            dropped={DISK: self.disk, QUEUE: self.queue, SPOOL: self.spool},
            lost_before=self.lost,
        )

    def flush(self) -> None:
        """Bring the page to the disk. While it fails, a machine that dies loses the counts."""
        if self._file >= 0:
            with suppress(OSError):
                _sync(self._file)

    def _store(self) -> None:
        values = self.through, self.lost, self.spool, self.disk
        _WRITERS.pack_into(self._page, _WRITERS_AT, *values)
