"""Takes every exchange without waiting, and writes it to the spool from a thread of its own."""

import sys
import time
import zlib
from collections import deque
from dataclasses import replace
from pathlib import Path
from threading import Event, Lock, Thread

from mainline.process.defects import say_defect
from mainline.request_log import record_bytes
from mainline.request_log.counters import DISK, SPOOL, Counts
from mainline.request_log.exchange import MOST_OF_FAILED, Exchange
from mainline.request_log.open_segment import OpenSegment
from mainline.request_log.settings import LogSettings
from mainline.request_log.spool import Spool

PAUSE = 0.02  # seconds between two batches: waking for each exchange costs more than the write
LOOK = 1.0  # seconds between two looks at the size of the spool, and two tries on a bad disk
BATCH = 1 << 16  # bytes encoded at once: as long, an answer may wait for the interpreter
QUEUED, QUEUED_BYTES = 20_000, 16 << 20  # in memory; more is dropped
OVERHEAD = 1024  # bytes of an exchange beside its bodies
WHOLE = 1 << 32


class RequestLog:
    """The log of one gateway. No method waits for a disk, but the first and the last."""

    def __init__(self, folder: Path, settings: LogSettings) -> None:
        """Open the spool. Raises MainlineError when another gateway has it."""
        self._settings, self._spool = settings, Spool(folder)
        self._lock_file = self._spool.lock("gateway")
        self._counters = self._spool.counters()
        self._spool.recover(self._counters)
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
            if self._segment and not self._segment.sync():
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
        room = self._settings.spool_mb * 2**20 - self._size
        if room <= 0:
            self._counters.passed(len(batch), SPOOL)
            return
        if time.monotonic() < self._bad_until:
            self._counters.passed(len(batch), DISK)
            return
        first = self._counters.through + 1
        encoded = [record_bytes.encode(first + place, each) for place, each in enumerate(batch)]
        try:
            self._segment = self._segment or OpenSegment(self._spool.folder)
            written = self._segment.append(encoded)
        except OSError:
            written = 0
        self._size += sum(map(len, encoded[:written]))
        self._counters.passed(written)
        if written < len(batch):
            self._counters.passed(len(batch) - written, DISK)
            self._bad_until = time.monotonic() + LOOK
            self._end()

    def _end_if_due(self) -> None:
        if self._segment and self._segment.due(self._settings):
            self._end()

    def _end(self) -> None:
        if self._segment:
            self._segment.close()
        self._segment = None

    def _look(self) -> None:
        for version, metadata in list(self._metadata.items()):
            try:
                self._spool.keep_signature(version, metadata)
            except Exception as error:  # a full disk, an odd path: the rows wait for their types
                print(f"request log: signature of {version}: {error}", file=sys.stderr)
            else:
                self._metadata.pop(version, None)
        self._size, self._oldest = self._spool.usage()
        self._shipped = self._spool.shipped_rows()


def _size(exchange: Exchange) -> int:
    return len(exchange.request) + len(exchange.response) + OVERHEAD
