"""Headless Chromium, which finds nothing but this machine: what it asks others for is noted."""

import shutil
import socketserver
import subprocess
import tempfile
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-dev-shm-usage",
    "--no-pings",
    "--metrics-recording-only",
    "--virtual-time-budget=20000",
]

OWN = (".google.com", ".googleapis.com")  # of the browser itself, whatever it is told


def chromium() -> str:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    assert found, "these tests need Chromium on PATH: `apt-get install chromium`, or Chrome"
    return found


class Browser:
    """`asked` are the hosts other than loopback that the last page wanted something from."""

    def __init__(self, proxy: int, asked: list[str]) -> None:
        self.proxy = proxy
        self.asked = asked

    def dom(self, url: str, *, dark: bool = False) -> str:
        """The document after its scripts ran."""
        return self._run("--dump-dom", url, dark=dark)

    def screenshot(self, url: str, path: Path, *, dark: bool = False) -> None:
        self._run(f"--screenshot={path}", "--window-size=1000,2600", url, dark=dark)

    def _run(self, *arguments: str, dark: bool) -> str:
        self.asked.clear()
        with tempfile.TemporaryDirectory() as profile:
            command = [chromium(), *QUIET, f"--user-data-dir={profile}"]
            command += [f"--proxy-server=127.0.0.1:{self.proxy}"]  # loopback goes past it
            command += [f"--blink-settings=preferredColorScheme={0 if dark else 1}"]
            done = subprocess.run(
                [*command, *arguments], capture_output=True, text=True, check=False, timeout=120
            )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout


@pytest.fixture(scope="session")
def browser():
    asked: list[str] = []

    class Note(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            line = self.rfile.readline().decode(errors="replace").split()
            host = urlsplit(f"//{line[1].partition('://')[2] or line[1]}").hostname if line else "?"
            if not f".{host}".endswith(OWN):
                asked.append(str(host))
            self.wfile.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")

    class Proxy(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Proxy(("127.0.0.1", 0), Note) as proxy:
        threading.Thread(target=proxy.serve_forever, args=(0.05,), daemon=True).start()
        yield Browser(proxy.server_address[1], asked)
        proxy.shutdown()
