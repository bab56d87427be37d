"""Runs uvicorn in a thread, with limits on connections that uvicorn lacks."""

import asyncio
import socket
import threading
from functools import partial
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from mainline.serving.bodies import Bounds
from mainline.serving.http_app import Answering, HttpApp
from mainline.serving.identity import EMBEDDED, KEY

FULL = (
    "HTTP/1.1 503 Service Unavailable\r\n"
    f"{KEY}: {EMBEDDED}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
).encode()
DRAIN_SECONDS = 5


class HttpThread:
    """Answers until `stop`. The port is open when the constructor returns."""

    def __init__(
        self, address: tuple[str, int], answering: Answering, bounds: Bounds | None = None
    ) -> None:
        """Bind and start. Raises OSError when the port is in use."""
        bounds = bounds or Bounds()
        listening = socket.create_server(address, backlog=128)
        # asyncio sets this only for its own sockets. Without it an answer is delayed by 40 ms.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port: int = listening.getsockname()[1]
        config = uvicorn.Config(
            HttpApp(answering, bounds),
            http=partial(_Protocol, bounds),  # type: ignore[arg-type]
            interface="asgi3",
            loop="asyncio",
            lifespan="off",
            ws="none",
            log_config=None,
            log_level="critical",  # a bad request is reported to the client only
            access_log=False,
            proxy_headers=False,
            server_header=False,
            headers=[(KEY, EMBEDDED)],
            timeout_graceful_shutdown=DRAIN_SECONDS,
        )
        config.timeout_keep_alive = bounds.seconds  # type: ignore[assignment]
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([listening],), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Accept no more connections, close idle ones, and finish running answers."""
        self._server.should_exit = True
        self._thread.join()


class _Protocol(H11Protocol):
    """Limits the wait for a request and the number of connections, which uvicorn does not.

    It uses h11, not httptools: h11 limits a request's head to 64 KiB, and passes on unknown methods
    and the fragment of a target.
    """

    def __init__(self, bounds: Bounds, **given: Any) -> None:
        super().__init__(**given)
        self._bounds = bounds
        self._waiting: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the timer for a request, or refuse the connection if there are too many."""
        super().connection_made(transport)
        if len(self.connections) > self._bounds.connections:
            transport.write(FULL)
            transport.close()
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Stop the timer when the head of a request is complete."""
        super().data_received(data)
        self._wait_no_more()

    def on_response_complete(self) -> None:
        """Start the timer for the next request; the rest of this body is discarded."""
        self._wait()
        super().on_response_complete()
        self._wait_no_more()

    def pause_writing(self) -> None:
        """Start the timer for a client that does not read its answer."""
        super().pause_writing()
        self._unread = self.loop.call_later(self._bounds.seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """The client reads again: stop the timer."""
        super().resume_writing()
        if self._unread:
            self._unread.cancel()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timers."""
        super().connection_lost(exc)
        for timer in (self._waiting, self._unread):
            if timer:
                timer.cancel()

    def _wait(self) -> None:
        if self._waiting:
            self._waiting.cancel()
        self._waiting = self.loop.call_later(self._bounds.seconds, self.transport.abort)

    def _wait_no_more(self) -> None:
        if self._waiting and self.cycle and not self.cycle.response_complete:
            self._waiting.cancel()
            self._waiting = None
