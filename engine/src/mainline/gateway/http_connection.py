"""A client's connection: HTTP/1.1 with httptools, with limits on size, time and what waits."""

import asyncio
import time
from collections import deque
from math import inf

import httptools

from mainline.gateway.http_answer import rendered
from mainline.gateway.http_request import Request
from mainline.gateway.http_shared import Shared
from mainline.gateway.odd_requests import malformed, without_offer
from mainline.gateway.unread import unread
from mainline.serving.bodies import BodyError
from mainline.serving.rest_paths import Answer, error, page

HEAD_BYTES = 2**16
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
TOO_MANY = error(503, "Too many requests are being answered; try again")


class Connection(asyncio.Protocol):
    """Requests are answered one after the other, in their order.

    `deadline` is when the client must have gone on; the server looks at it now and then, which is
    cheaper than a timer for each request.
    """

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpRequestParser(self)
        self._queue: deque[Request] = deque()
        self._task: asyncio.Task[None] | None = None
        self._request: Request | None = None  # whose head or body is arriving
        self._body = bytearray()
        self._head_bytes = 0  # since the last request, or the last part of a body
        self._paused = self._ended = False  # ended: what still comes is not read
        self._unread: asyncio.Future[None] | None = None  # answers that the client does not read
        self._left = 0  # bytes of answers that the client had not read at the last look
        self.deadline = inf

    @property
    def idle(self) -> bool:
        """Whether no request is there, not even a part of one."""
        return self._task is None and self._request is None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the time for a head; refuse what is one connection too many."""
        self._transport = transport
        if self._shared.full:
            transport.write(rendered(error(503, "Too many connections"), close=True))
            transport.close()
            self._ended = True
            self._shared.refused()
            return
        self._shared.connections.add(self)
        self._extend()

    def data_received(self, data: bytes) -> None:
        """Parse. What comes while a request is answered waits in the socket."""
        if self._ended:
            return
        if self._task is not None and not self._paused:
            self._paused = True
            self._transport.pause_reading()
        self._head_bytes += len(data)
        while data:
            try:
                self._parser.feed_data(data)
                data = b""
            except httptools.HttpParserUpgrade as upgrade:
                data = self._not_upgraded() + data[upgrade.args[0] :]
            except httptools.HttpParserError as wrong:
                if not self._ended:
                    self._end_with(malformed(wrong, data))
                return
        if self._head_bytes > HEAD_BYTES and self._request:  # a head, a trailer or a chunk's line
            self._head_too_large()

    def _not_upgraded(self) -> bytes:
        """The head of a request that offers another protocol, without the offer.

        The parser thinks that no HTTP follows, but we go on with it, as RFC 9110, 7.8, allows.
        """
        request, self._request = self._request, None
        self._parser = httptools.HttpRequestParser(self)
        if request is not None and request.early is not None:
            self._end_with(request.early)
            return b""
        if request is None or request.method == "CONNECT":
            self._end_with(page(501, "Not Implemented"))
            return b""
        return without_offer(request)

    def _head_too_large(self) -> None:
        self._end_with(error(431, f"The request's head is larger than {HEAD_BYTES} bytes"))

    def _end_with(self, answer: Answer) -> None:
        """Answer a request that cannot be read any further, after those before it."""
        self._ended = True
        request = self._request or Request(time.time(), time.perf_counter())
        self._shared.room.give(len(self._body))
        self._body.clear()
        self._request = None
        if request.early is None or not request.method:  # else it has its answer
            request.early, request.keep = answer, False
            self._take(request)

    # Called by the parser
    def on_message_begin(self) -> None:
        """A request begins, unless the one before was the last."""
        if not self._ended:
            self._request = Request(time.time(), time.perf_counter())
            if not self._shared.begins(self):
                self._request.early = TOO_MANY

    def on_url(self, url: bytes) -> None:
        """A part of the target."""
        if self._request is not None and self._request.early is None:
            self._request.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header; the trailer of a chunked body is not kept."""
        request = self._request
        if request is not None and request.early is None and not request.method:
            request.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """The head is whole: the time for the body begins, unless it is refused already."""
        request = self._request
        if request is None:
            return
        request.method = self._parser.get_method().decode()
        if self._parser.should_upgrade():
            return
        request.keep = self._parser.should_keep_alive() and self._parser.get_http_version() == "1.1"
        if request.early is not None:
            self._take(request)
        else:
            self._begin_body(request)

    def _begin_body(self, request: Request) -> None:
        size = len(request.target)
        expects = False
        for name, value in request.headers:
            size += len(name) + len(value)
            lower = name.lower()
            if lower == b"content-length":
                try:
                    self._shared.room.expect(int(value))
                except BodyError as refused:
                    self._refuse(refused)
            elif lower == b"expect":
                expects = value.lower() == b"100-continue"
        if size > HEAD_BYTES:
            self._head_too_large()
            return
        if expects and self._task is None and request.early is None:
            self._transport.write(CONTINUE)
        if self._task is None:  # else its answer begins the time
            self._extend()

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._head_bytes = 0
        if self._request is None or self._request.early is not None:
            return
        self._body += body
        try:
            self._shared.room.take(len(body), len(self._body))
        except BodyError as refused:
            self._refuse(refused)

    def on_message_complete(self) -> None:
        """The request is whole."""
        if self._parser.should_upgrade():
            return
        request, self._request = self._request, None
        self._head_bytes = 0
        if request is None:
            return
        if not request.keep:
            self._ended = True
        if request.early is not None:  # its answer is on its way; what followed was discarded
            if self._ended and self._task is None:
                self._transport.close()
            return
        request.body, self._body = bytes(self._body), bytearray()
        request.started = time.perf_counter()
        self._take(request)

    def _refuse(self, refused: BodyError) -> None:
        """Answer before the body is there. The rest is read and discarded.

        Closing with unread bytes would reset the connection, and the client would miss the answer.
        """
        self._shared.room.give(len(self._body))
        self._body.clear()
        request = self._request
        if request is not None and request.early is None:
            request.early = error(refused.status, str(refused))
            self._take(request)

    def _take(self, request: Request) -> None:
        if self._task is not None:
            self._queue.append(request)
        else:
            self.deadline = self.deadline if self._unread else inf
            self._task = self._loop.create_task(self._answer(request))
            self._shared.tasks.add(self._task)
            self._task.add_done_callback(self._shared.tasks.discard)

    async def _answer(self, request: Request) -> None:
        try:
            while True:
                whole = await self._shared.answering(request)
                self._shared.room.give(len(request.body))
                if not self._transport.is_closing():
                    self._transport.write(whole)
                if self._unread is not None:
                    await self._unread
                if not request.keep or not self._queue:
                    break
                request = self._queue.popleft()
        finally:
            self._task = None
        self._answered(request)

    def _answered(self, request: Request) -> None:
        self._extend()
        if self._request is not None and self._request.early is not None:
            pass  # its body is still being discarded
        elif self._ended or not request.keep or (self._shared.closing and self._request is None):
            self._ended = True
            self._transport.close()
            return
        if self._paused:
            self._paused = False
            self._transport.resume_reading()

    # Called by the transport and the server
    def eof_received(self) -> bool:
        """The client sends no more: it still gets the answers to what it has asked."""
        self._ended = True
        return self._task is not None

    def pause_writing(self) -> None:
        """Start the time for a client that does not read its answer."""
        self._unread = self._loop.create_future()
        self._left = unread(self._transport)
        self._extend()

    def resume_writing(self) -> None:
        """The client reads again."""
        unread, self._unread = self._unread, None
        if unread is not None and not unread.done():
            unread.set_result(None)

    def connection_lost(self, _: Exception | None) -> None:
        """Forget the connection. An answer under way is finished, and logged."""
        self._ended = True
        self.resume_writing()
        self._shared.connections.discard(self)
        self._shared.busy.discard(self)
        self._shared.room.give(len(self._body))
        self._body.clear()

    def late(self) -> None:
        """The deadline is over: say so to a client whose body is missing, else hang up.

        A client that reads its answer, however slowly, has the time anew.
        """
        before, self._left = self._left, unread(self._transport)
        if self._left < before:
            self._extend()
            return
        request = self._request
        self.deadline = inf
        missing = request is not None and request.method and request.early is None
        if missing and self._unread is None:
            seconds = self._shared.bounds.seconds
            self._refuse(BodyError(408, f"The body did not arrive within {seconds:g} s"))
        else:
            self._transport.abort()

    def finish(self) -> None:
        """The server ends: hang up when nothing is under way, else after the answer."""
        if self.idle:
            self._ended = True
            self._transport.close()

    def abort(self) -> None:
        """Hang up."""
        self._transport.abort()

    def _extend(self) -> None:
        self.deadline = self._loop.time() + self._shared.bounds.seconds
