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
    """A file with a new name. Its end in `.open` becomes `.segment` when it is closed."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"{uuid7()}{OPEN}"
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._born, self._size, self._dirty = time.monotonic(), 0, False

    def append(self, encoded: Sequence[bytes]) -> int:
        """Write records. Returns how many are whole in the file: all, unless the disk fails."""
        data, done = memoryview(b"".join(encoded)), 0
        self._dirty = True
        with suppress(OSError):
            while done < len(data):
                done += os.write(self._file, data[done:])
        whole = 0
        for each in encoded:
            if len(each) > done:
                with suppress(OSError):  # else a reader stops at the torn record
                    os.ftruncate(self._file, self._size)
                break
            done -= len(each)
            self._size += len(each)
            whole += 1
        return whole

    def due(self, settings: LogSettings) -> bool:
        """Whether it is old or large enough to be shipped."""
        old = time.monotonic() - self._born >= settings.roll_seconds
        return old or self._size >= settings.roll_mb * 2**20

    def sync(self) -> bool:
        """Bring it to the disk. False when the disk fails, and the file is not to be trusted."""
        if self._dirty:
            try:
                os.fsync(self._file)
            except OSError:
                return False
        self._dirty = False
        return True

    def close(self) -> None:
        """Hand it to the shipper, or remove it when it is empty."""
        self.sync()
        with suppress(OSError):
            os.close(self._file)
        with suppress(OSError):  # then the next start finds it open
            if self._size:
                self._path.rename(self._path.with_suffix(CLOSED))
            else:
                self._path.unlink()
