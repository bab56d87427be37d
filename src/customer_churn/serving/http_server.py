"""HTTP around the REST surface: Python's own server, with bounds on what a client may do."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any

from customer_churn.serving import http_body
from customer_churn.serving.identity import EMBEDDED, KEY
from customer_churn.serving.rest import Answer, error

CONNECTIONS = 64  # at once; each has a thread
IDLE_SECONDS = 30.0
DRAIN_SECONDS = 2.0
Answering = Callable[[str, str, bytes], Answer]


class HttpServer(ThreadingHTTPServer):
    """Answers in threads until `stop`. The port is open from the moment that this is made."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], answering: Answering) -> None:
        """Bind. Raises OSError when the port is taken."""
        self.answering = answering
        self.busy = threading.Condition()
        self.answers_under_way = 0
        self._open: set[Any] = set()
        super().__init__(address, _Handler)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def server_bind(self) -> None:
        """Without asking a name server for our own name, which can take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]

    def stop(self, grace: float = 5.0) -> None:
        """Take no more connections, finish what is under way, close the idle ones."""
        self.shutdown()
        self._thread.join()
        self.server_close()
        with self.busy:
            self.busy.wait_for(lambda: self.answers_under_way == 0, grace)
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def process_request(self, request: Any, client_address: Any) -> None:
        """A thread for each connection, up to a bound; beyond it an honest 503."""
        if len(self._open) >= CONNECTIONS:
            with suppress(OSError):
                request.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
            self.shutdown_request(request)
            return
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection with its last request."""
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; our own mistakes are answered with 500 already."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections
    default_request_version = "HTTP/1.0"  # of a line that says none: answers have a status line
    server_version, sys_version = "development", ""
    timeout = IDLE_SECONDS
    wbufsize = 1 << 16  # head and body leave together; apart, they wait for each other's receipt
    disable_nagle_algorithm = True
    server: HttpServer

    def respond(self) -> None:
        """Read the body, answer, and be counted while at it."""
        with self.server.busy:
            self.server.answers_under_way += 1
        try:
            self._respond()
        finally:
            with self.server.busy:
                self.server.answers_under_way -= 1
                self.server.busy.notify_all()

    do_GET = do_POST = do_HEAD = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = respond  # noqa: N815

    def _respond(self) -> None:
        try:
            body = http_body.read(self.headers, self.rfile)
        except http_body.BadBodyError as bad:
            self._refuse(bad.status, str(bad))
        except TimeoutError:
            self._refuse(408, f"The body did not arrive within {self.timeout:.0f} s")
        else:
            self._send(self.server.answering(self.command, self.path, body))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header(KEY, EMBEDDED)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()

    def _refuse(self, status: int, message: str) -> None:
        """Answer and hang up. What is still on its way is read, or it would undo the answer."""
        self.close_connection = True
        self._send(error(status, message))
        until = time.monotonic() + DRAIN_SECONDS
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(DRAIN_SECONDS / 4)
            while time.monotonic() < until and self.connection.recv(1 << 16):
                pass

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the base class refuses to parse. All of it is the client's doing: no 5xx."""
        super().send_error(code if code < 500 else 400, message, explain)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """No line per request."""
