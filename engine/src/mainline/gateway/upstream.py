"""Keeps connections to a model server: bounded, reused, and each knows the version behind it."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httptools

from mainline.gateway.http_answer import Headers

CONNECTIONS = 48  # at once, fewer than the embedded server's limit
CONNECT_SECONDS, ANSWER_SECONDS = 3.0, 60.0
ANSWER_BYTES = 2**28


@dataclass
class Reply:
    """What a model server answered, as it came."""

    status: int = 0
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    version: str = ""  # of the process that answered


class UpstreamError(Exception):
    """No answer: `status` is what our client gets, `nothing` whether no byte of one came.

    `unreachable` is whether no connection could be had.
    """

    def __init__(
        self, status: int, message: str, *, nothing: bool = False, unreachable: bool = False
    ) -> None:
        super().__init__(message)
        self.status, self.nothing, self.unreachable = status, nothing or unreachable, unreachable


class Upstream(asyncio.Protocol):
    """One connection, for one request at a time."""

    def __init__(self, lost: "Callable[[Upstream], None]") -> None:
        self.version = ""
        self.open = True
        self._lost = lost
        self._waiting: asyncio.Future[Reply] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._reply = Reply()
        self._parts: list[bytes] = []
        self._size, self._begun, self._framed, self._keep = 0, False, True, True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Keep the transport."""
        self.transport = transport

    def ask(self, request: bytes) -> "asyncio.Future[Reply]":
        """Send a request. The future fails with UpstreamError."""
        if not self.open:
            raise UpstreamError(503, "The model server closed the connection", nothing=True)
        self._reply, self._parts, self._size, self._begun = Reply(), [], 0, False
        self._framed, self._keep = False, True
        self._waiting = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self._waiting

    def data_received(self, data: bytes) -> None:
        """Parse; bytes that nothing was asked for end the connection."""
        if self._waiting is None:
            self.transport.abort()
            return
        self._begun = True
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.fail(UpstreamError(502, "The model server's answer is not HTTP"))

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header; called by the parser, as are those below."""
        if self._waiting is None:  # of an answer that nothing was asked for
            self.open = False
            return
        self._reply.headers.append((name, value))
        if name.lower() in {b"content-length", b"transfer-encoding"}:
            self._framed = True

    def on_headers_complete(self) -> None:
        """Status, and whether the connection stays."""
        self._reply.status = self._parser.get_status_code()
        self._keep = self._parser.should_keep_alive()

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        if self._waiting is None:
            return
        self._parts.append(body)
        self._size += len(body)
        if self._size > ANSWER_BYTES:
            self.fail(UpstreamError(502, "The model server's answer is too large"))

    def on_message_complete(self) -> None:
        """The answer is whole."""
        waiting, self._waiting = self._waiting, None
        if not self._keep:
            self.open = False
            self.transport.close()
        if waiting is not None and not waiting.done():
            self._reply.body = b"".join(self._parts)
            self._reply.version = self.version
            waiting.set_result(self._reply)

    def fail(self, error: UpstreamError) -> None:
        """End the connection, and the request that waits for it."""
        self.open = False
        self.transport.abort()
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_exception(error)

    def connection_lost(self, _: Exception | None) -> None:
        """The server hung up: the end of an answer without a length, or of none."""
        self.open = False
        if self._reply.status and not self._framed and self._waiting is not None:
            self.on_message_complete()
        said = "The model server closed the connection"
        self.fail(UpstreamError(502, said, nothing=not self._begun))
        self._lost(self)


class Pool:
    """Connections to one server. `greet` is called with each new one before it is used."""

    def __init__(
        self,
        address: tuple[str, int],
        greet: Callable[[Upstream], Awaitable[None]],
        most: int = CONNECTIONS,
    ) -> None:
        self.address = address
        self._greet = greet
        self._free = most
        self._idle: list[Upstream] = []
        self._queue: deque[asyncio.Future[None]] = deque()

    async def ask(self, request: bytes) -> Reply:
        """The answer to a request, which may be sent twice: to ask changes nothing.

        It is sent again when a kept connection turns out to be closed before any of an answer came.
        Raises UpstreamError.
        """
        if self._free:
            self._free -= 1
        else:
            await self._turn()
        try:
            while True:
                kept = bool(self._idle)
                upstream = self._idle.pop() if kept else await self._connect()
                try:
                    return await self._asked(upstream, request)
                except UpstreamError as error:
                    if not (kept and error.nothing):
                        raise
                    self.close()  # the others are as old: one more try, on a new connection
        finally:
            self._release()

    async def _asked(self, upstream: Upstream, request: bytes) -> Reply:
        waiting = upstream.ask(request)
        late = asyncio.get_running_loop().call_later(ANSWER_SECONDS, _give_up, upstream)
        try:
            reply = await waiting
        except asyncio.CancelledError:
            _give_up(upstream)
            raise
        finally:
            late.cancel()
        if upstream.open:
            self._idle.append(upstream)
        else:
            upstream.transport.close()
        return reply

    async def _turn(self) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            await asyncio.wait_for(turn, ANSWER_SECONDS)
        except TimeoutError:
            raise UpstreamError(503, "The model server has too many requests") from None
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it has just come
                self._release()
            raise

    def _release(self) -> None:
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    async def _connect(self) -> Upstream:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, upstream = await loop.create_connection(
                    lambda: Upstream(self._forget), *self.address
                )
        except (OSError, TimeoutError):
            raise UpstreamError(
                503, "The model server is not reachable", unreachable=True
            ) from None
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._greet(upstream)
        except (UpstreamError, TimeoutError):
            upstream.transport.abort()
            raise UpstreamError(503, "The model server does not answer", unreachable=True) from None
        except asyncio.CancelledError:
            upstream.transport.abort()
            raise
        return upstream

    def _forget(self, upstream: Upstream) -> None:
        if upstream in self._idle:
            self._idle.remove(upstream)

    def close(self) -> None:
        """Close the idle connections."""
        for upstream in self._idle:
            upstream.transport.close()
        self._idle.clear()


def _give_up(upstream: Upstream) -> None:
    said = f"The model server did not answer within {ANSWER_SECONDS:g} s"
    upstream.fail(UpstreamError(504, said))
