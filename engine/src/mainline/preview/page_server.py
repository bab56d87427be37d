"""Serves the page on this machine only. It is rendered again at every load."""

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer

from mainline.core.errors import MainlineError

LOOPBACK = "127.0.0.1"


class PageServer(ThreadingHTTPServer):
    """Serves what `page` returns at `/`, and nothing else."""

    daemon_threads = True

    def __init__(self, port: int, page: Callable[[], str]) -> None:
        """Bind; port 0 is any free one. Raises MainlineError when the port is taken."""
        self.page = page
        try:
            super().__init__((LOOPBACK, port), _Handler)
        except OSError as error:
            raise MainlineError(f"port {port} cannot be used: {error.strerror}.") from None

    def server_bind(self) -> None:
        """Bind without a lookup of our own host name, which can take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = LOOPBACK, self.server_address[1]

    @property
    def url(self) -> str:
        """The URL for a browser."""
        return f"http://{LOOPBACK}:{self.server_port}/"


class _Handler(BaseHTTPRequestHandler):
    server: PageServer
    timeout = 30

    def do_GET(self) -> None:
        """Answer with the page. Other paths and other host names are refused."""
        here = {f"{name}:{self.server.server_port}" for name in (LOOPBACK, "localhost")}
        if self.headers.get("Host") not in here:  # a foreign name that resolves to this machine
            self._answer(403, "text/plain", "not for this host")
        elif self.path != "/":
            self._answer(404, "text/plain", "there is one page, at /")
        else:
            try:
                self._answer(200, "text/html", self.server.page())
            except MainlineError as error:  # the file was removed
                self._answer(500, "text/plain", str(error))

    def _answer(self, status: int, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  its name there
        """Write no log: there is one reader on one machine."""
