"""Copies of requests for the challenger, for whose answers nothing waits."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

COPIES, BYTES = 256, 16 * 2**20  # that wait or are under way; more are dropped
PARALLEL = 8
SECONDS = 10.0  # limit for one copy; the caller gives it to the copy's request

Send = Callable[[], Awaitable[None]]


class Shadow:
    """A bounded queue and its workers. `dropped` counts the copies whose answer is not logged."""

    def __init__(self) -> None:
        self.dropped = 0
        self._waiting: deque[tuple[int, Send]] = deque()
        self._copies = self._bytes = 0
        self._workers: set[asyncio.Task[None]] = set()

    def offer(self, size: int, send: Send) -> bool:
        """Take a copy of `size` bytes, or count it as dropped. Never waits.

        `send` runs later. It must end within `SECONDS` and raise nothing but CancelledError.
        """
        if self._copies >= COPIES or (self._copies and self._bytes + size > BYTES):
            self.dropped += 1
            return False
        self._copies += 1
        self._bytes += size
        self._waiting.append((size, send))
        if len(self._workers) < PARALLEL:
            worker = asyncio.get_running_loop().create_task(self._work())
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
        return True

    async def _work(self) -> None:
        while self._waiting:
            size, send = self._waiting.popleft()
            try:
                await send()
            finally:
                self._copies -= 1
                self._bytes -= size

    @asynccontextmanager
    async def draining(self, seconds: float) -> AsyncIterator[None]:
        """After the block, wait for the copies that are left; later ones count as dropped."""
        try:
            yield
        finally:
            if self._workers:
                await asyncio.wait(self._workers, timeout=seconds)
            self.dropped += self._copies
            self._copies -= len(self._waiting)
            self._waiting.clear()
            for worker in self._workers:
                worker.cancel()
