"""The gateway's gRPC in a thread of a test, with a list in the log's place."""

import asyncio
import threading
import time
from contextlib import contextmanager, suppress

from mainline.core.config import parse
from mainline.gateway import grpc_proxy
from mainline.gateway.gateway import Gateway
from mainline.gateway.metrics import Metrics
from mainline.gateway.routes import CHALLENGER, MAIN, Routes
from mainline.request_log.settings import GatewaySettings


class Written:
    """The log: keeps what it gets. `wait` for exchanges that come later."""

    def __init__(self):
        self.exchanges = []

    def write(self, exchange):
        self.exchanges.append(exchange)

    def signature(self, version, metadata_json):
        pass

    def wait(self, count, seconds=10):
        until = time.monotonic() + seconds
        while len(self.exchanges) < count and time.monotonic() < until:
            time.sleep(0.01)
        assert len(self.exchanges) == count, self.exchanges
        return list(self.exchanges)  # as they were then: more may come


class Running:
    """`address` of the port, `written` in the log; `stop` drains, as SIGTERM does."""

    def __init__(self, main, challenger=None, drain_seconds=5.0, **settings):
        chosen = parse(GatewaySettings, settings, name="settings")
        self.written = Written()
        self.servers = {MAIN: main} | ({CHALLENGER: challenger} if challenger else {})
        routes = Routes(chosen.routes, challenger=bool(challenger))
        digests = {MAIN: "sha256:main", CHALLENGER: "sha256:challenger"}
        metrics = Metrics(lambda: None, lambda: 0)
        self.gateway = Gateway("tiny", chosen, self.written, routes, metrics, digests)
        self.drain_seconds, self.address = drain_seconds, ""
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    def start(self):
        self._thread.start()
        assert self._ready.wait(10)
        return self

    async def _run(self):
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with grpc_proxy.serving(
            self.gateway, "127.0.0.1:0", self.servers, self.drain_seconds
        ) as port:
            self.address = f"127.0.0.1:{port}"
            self._ready.set()
            await self._stop.wait()

    def drain(self):
        with suppress(RuntimeError):  # it has ended already
            self._loop.call_soon_threadsafe(self._stop.set)

    def stop(self):
        self.drain()
        self._thread.join(20)
        assert not self._thread.is_alive()


@contextmanager
def gateway(main, challenger=None, **options):
    running = Running(main, challenger, **options).start()
    try:
        yield running
    finally:
        running.stop()
