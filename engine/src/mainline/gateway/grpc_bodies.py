"""Reads the bodies of gRPC calls, some at once: each that arrives may take as much as the largest.

Of a body that is not being read, gRPC holds 64 KiB: `OPTIONS` keep it from holding more.
"""

import asyncio
from collections import deque
from typing import Any

import grpc
import grpc.aio

AT_ONCE = 24
LEAST = 1.0  # seconds that a body has to arrive while another call waits for its turn
OPTIONS = [("grpc.http2.bdp_probe", 0)]  # or a fast client's calls would get larger windows


class NoBodyError(Exception):
    """There is no body: `code` and text are for the caller, `problem` is for the log."""

    def __init__(self, code: grpc.StatusCode, message: str, problem: str) -> None:
        super().__init__(message)
        self.code, self.problem = code, problem


class Bodies:
    """The turns. A body has `seconds` to arrive, and `LEAST` while another call waits."""

    def __init__(self, seconds: float, at_once: int | None = None) -> None:
        """`at_once` bodies are read at the same time, by default `AT_ONCE`."""
        self._seconds, self._free = seconds, AT_ONCE if at_once is None else at_once
        self._arriving: dict[asyncio.Timeout, float] = {}  # since when
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def read(self, context: Any) -> bytes:
        """The body of a call. Raises NoBodyError when it is late, or the call has none.

        Raises CancelledError when the caller cancels, and when gRPC refuses a body that is too
        large; gRPC does not say which.
        """
        if self._free:
            self._free -= 1
        else:
            await self._turn()
        begun = asyncio.get_running_loop().time()
        late = asyncio.timeout_at(begun + (LEAST if self._waiting else self._seconds))
        try:
            async with late:
                self._arriving[late] = begun
                body = await context.read()
        except TimeoutError:
            said = "The body did not arrive in time; try again"
            raise NoBodyError(grpc.StatusCode.RESOURCE_EXHAUSTED, said, "body late") from None
        finally:
            self._arriving.pop(late, None)
            self._end()
        if body is grpc.aio.EOF:
            await asyncio.sleep(LEAST)  # in which gRPC cancels a call that it has ended
            said = "The call has no message"
            raise NoBodyError(grpc.StatusCode.INTERNAL, said, "no body")
        return bytes(body)

    async def _turn(self) -> None:
        """Wait until a body is there or has had its time."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        for late, begun in self._arriving.items():
            if not late.expired():
                late.reschedule(min(late.when() or begun, begun + LEAST))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it has just come
                self._end()
            raise

    def _end(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
