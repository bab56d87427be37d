"""The segment that is being written: whole records, and no more after the first error."""

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from mainline.request_log.ids import uuid7
from mainline.request_log.segment_names import CLOSED, OPEN
from mainline.request_log.settings import LogSettings


class OpenSegment:
    """A file with a new name. Its end in `.open` becomes `.segment` when it is closed.

    `waiting` are records whose way to the disk is not over, `error` the last one of the disk.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"{uuid7()}{OPEN}"
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._born, self._size, self._synced = time.monotonic(), 0, 0
        self.waiting, self.error = 0, OSError()

    def append(self, encoded: Sequence[bytes]) -> int:
        """Write records. Returns how many are whole in the file: all, unless the disk fails."""
        data, done = memoryview(b"".join(encoded)), 0
        try:
            while done < len(data):
                done += os.write(self._file, data[done:])
        except OSError as error:
            self.error = error
        whole = 0
        for each in encoded:
            if len(each) > done:
                with suppress(OSError):  # else a reader stops at the torn record
                    os.ftruncate(self._file, self._size)
                break
            done -= len(each)
            self._size += len(each)
            whole += 1
        self.waiting += whole
        return whole

    def due(self, settings: LogSettings) -> bool:
        """Whether it is old or large enough to be shipped."""
        old = time.monotonic() - self._born >= settings.roll_seconds
        return old or self._size >= settings.roll_mb * 2**20

    def sync(self) -> tuple[int, int]:
        """Bring what waits to the disk. Returns how many records are there, and how many are lost.

        After a failure nobody knows what of them is on the disk, so they are cut off.
        """
        waiting, self.waiting = self.waiting, 0
        if waiting:
            try:
                os.fsync(self._file)
            except OSError as error:
                self.error, self._size = error, self._synced
                with suppress(OSError):
                    os.ftruncate(self._file, self._synced)
                return 0, waiting
            self._synced = self._size
        return waiting, 0

    def close(self) -> None:
        """Hand it to the shipper, or remove it when it is empty."""
        with suppress(OSError):
            os.close(self._file)
        with suppress(OSError):  # then the next start finds it open
            if self._size:
                self._path.rename(self._path.with_suffix(CLOSED))
            else:
                self._path.unlink()
