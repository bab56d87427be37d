"""Takes every exchange without waiting, and writes it to the spool from a thread of its own."""

import errno
import sys
import time
import zlib
from collections import deque
from dataclasses import replace
from pathlib import Path
from threading import Event, Lock, Thread
from typing import IO

from mainline.process.defects import say_defect
from mainline.request_log import record_bytes
from mainline.request_log.counters import DISK, SPOOL, Counters, Counts
from mainline.request_log.exchange import MOST_OF_FAILED, Exchange
from mainline.request_log.open_segment import OpenSegment
from mainline.request_log.settings import LogSettings
from mainline.request_log.ship_settings import unknown
from mainline.request_log.spool import Spool

PAUSE = 0.02  # seconds between two batches: waking for each exchange costs more than the write
LOOK = 1.0  # seconds between two looks at the size of the spool, and two tries on a bad disk
BATCH = 1 << 16  # bytes encoded at once: as long, an answer may wait for the interpreter
QUEUED, QUEUED_BYTES = 20_000, 16 << 20  # in memory; more is dropped
OVERHEAD = 1024  # bytes of an exchange beside its bodies
WHOLE = 1 << 32
BAD_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO)  # full, or it fails: later it may work


class RequestLog:
    """The log of one gateway. No method waits for a disk, but the first and the last."""

    def __init__(self, folder: Path, settings: LogSettings) -> None:
        """Open the spool; while its disk is full or fails, exchanges are dropped and counted.

        Raises MainlineError when another gateway has it, MainlineError or OSError for a folder that
        cannot be used.
        """
        self._settings, self._folder = settings, folder
        self._spool: Spool | None = None
        self._lock_file: IO[bytes] | None = None
        self._counters = Counters(-1)
        self._oldest: float | None = None
        self._size = self._shipped = 0
        self._failing = False
        self._queue: deque[Exchange] = deque()
        self._held, self._lock = 0, Lock()
        self._metadata: dict[str, bytes] = {}
        self._segment: OpenSegment | None = None
        self._sampled = int(settings.sample * WHOLE)
        self._looked = self._bad_until = self._synced = -LOOK
        self._closed, self._stop = False, Event()
        self._thread = Thread(target=self._work, name="request-log", daemon=True)
        self._look()  # sets the size
        self._thread.start()

    def write(self, exchange: Exchange) -> None:
        """Take an exchange. Never waits for a disk and never raises; what is dropped is counted."""
        if not (exchange.failed or self._chosen(exchange.request_id)):
            return
        size = _size(exchange)
        if exchange.failed and size - OVERHEAD > MOST_OF_FAILED:  # rubbish must not fill the spool
            exchange, size = replace(exchange, request=b"", response=b""), OVERHEAD
        with self._lock:
            full = len(self._queue) >= QUEUED or self._held + size > QUEUED_BYTES
            if self._closed or (full and self._queue):
                self._counters.refuse()
                return
            self._counters.accept()
            self._held += size
            self._queue.append(exchange)

    def signature(self, version: str, metadata_json: bytes) -> None:
        """Keep the signatures of a version, by which its rows get their types."""
        self._metadata[version] = metadata_json

    def counts(self) -> Counts:
        """What came of all exchanges; the size of the spool is at most a second old."""
        age = time.time() - self._oldest if self._oldest else 0.0
        return replace(
            self._counters.counts(),
            spool_bytes=self._size,
            oldest_seconds=max(age, 0.0),  # the clock may be set back
            shipped_rows=self._shipped,
        )

    def close(self, seconds: float) -> None:
        """Write what is in the queue and close the segment, in at most `seconds`."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._stop.set()
        self._thread.join(seconds)
        if not self._thread.is_alive():  # else it still writes, and the process ends under it
            self._counters.flush()
            if self._lock_file:
                self._lock_file.close()

    def _chosen(self, request_id: str) -> bool:
        """Whether a request is in the sample: the same for all its arms and after a restart."""
        return zlib.crc32(request_id.encode(errors="replace")) < self._sampled

    def _work(self) -> None:
        said = False
        while True:
            last = self._stop.wait(PAUSE)
            try:
                self._pass(last=last)
            except Exception as defect:  # of ours; it must not end the log, and answers go on
                if not said:
                    say_defect("request log", defect)
                said = True
            if last:
                return

    def _pass(self, *, last: bool) -> None:
        now = time.monotonic()
        if last or now - self._looked >= LOOK:
            self._looked = now
            self._look()
        while (last or time.monotonic() - now < LOOK) and (batch := self._batch()):
            self._write(batch)
            self._end_if_due()
        self._end_if_due()
        if last:
            self._end()
        elif now - self._synced >= self._settings.fsync_seconds:
            self._synced = now
            if self._segment and not self._sync(self._segment):
                self._end()
            self._counters.flush()

    def _batch(self) -> list[Exchange]:
        batch: list[Exchange] = []
        size = 0
        with self._lock:
            while self._queue and size < BATCH:
                batch.append(self._queue.popleft())
                size += _size(batch[-1])
            self._held -= size
        return batch

    def _write(self, batch: list[Exchange]) -> None:
        if self._spool is None or time.monotonic() < self._bad_until:
            self._counters.passed(len(batch), DISK)
            return
        if self._size >= self._settings.spool_mb * 2**20:
            self._end()  # a drop is counted after what stands before it
            self._counters.passed(len(batch), SPOOL)
            return
        first = self._counters.through + (self._segment.waiting if self._segment else 0) + 1
        encoded = [record_bytes.encode(first + place, each) for place, each in enumerate(batch)]
        try:
            self._segment = self._segment or OpenSegment(self._folder)
            written = self._segment.append(encoded)
            error = self._segment.error
        except OSError as failed:
            written, error = 0, failed
        self._size += sum(map(len, encoded[:written]))
        if written < len(batch):
            self._end()
            self._fails(error)
            self._counters.passed(len(batch) - written, DISK)
            self._bad_until = time.monotonic() + LOOK

    def _end_if_due(self) -> None:
        if self._segment and self._segment.due(self._settings):
            self._end()

    def _end(self) -> None:
        if self._segment:
            self._sync(self._segment)
            self._segment.close()
        self._segment = None

    def _sync(self, segment: OpenSegment) -> bool:
        """Count what reached the disk, and what it lost. False when it lost something."""
        written, lost = segment.sync()
        self._counters.passed(written)
        self._counters.passed(lost, DISK)
        if lost:
            self._fails(segment.error)
        elif written:
            self._failing = False
        return not lost

    def _fails(self, error: OSError) -> None:
        """Say once that the disk fails, until it takes rows again."""
        if not self._failing:
            said = f"the spool's disk fails: {error}; rows are dropped and counted"
            print(f"request log: {said}", file=sys.stderr, flush=True)
        self._failing = True

    def _open(self) -> None:
        """Open the spool. While its disk is full or fails it stays closed."""
        try:
            spool = Spool(self._folder)
            self._lock_file = self._lock_file or spool.lock("gateway")
            counters = spool.counters()
            spool.recover(counters)
        except OSError as error:
            if error.errno not in BAD_DISK:
                raise
            self._fails(error)
            return
        with self._lock:
            counters.add(self._counters)
            self._counters = counters
        self._spool = spool

    def _look(self) -> None:
        if self._spool is None:
            self._open()
        if self._spool is None:
            return
        for version, metadata in list(self._metadata.items()):
            try:
                self._spool.keep_signature(version, metadata)
            except Exception as error:  # a full disk, an odd path: the rows wait for their types
                print(f"request log: signature of {version}: {error}", file=sys.stderr)
            else:
                self._metadata.pop(version, None)
                kept = {key: it for key, it in self._spool.metadata().items() if key == version}
                if kept and (why := unknown(self._settings, kept)):
                    print(f"request log: {why}", file=sys.stderr, flush=True)
        self._size, self._oldest = self._spool.usage()
        self._shipped = self._spool.shipped_rows()


def _size(exchange: Exchange) -> int:
    return len(exchange.request) + len(exchange.response) + OVERHEAD
