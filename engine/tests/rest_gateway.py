"""The REST part of a gateway in a thread of this process, with a log that tests can read."""

import asyncio
import threading
from contextlib import contextmanager
from types import SimpleNamespace

import uvloop

from mainline.gateway import http_server, rest_proxy
from mainline.gateway.gateway import CHALLENGER, MAIN, Gateway
from mainline.gateway.http_answer import rendered
from mainline.gateway.metrics import Metrics
from mainline.gateway.routes import Routes
from mainline.gateway.shadow import Shadow
from mainline.request_log.counters import Counts
from mainline.request_log.settings import GatewaySettings
from mainline.serving.bodies import Bounds


class HttpListening:
    """`http_server.listening` in a thread, with the same arguments as `HttpThread`."""

    def __init__(self, address, answering, bounds=None, drain=5.0):
        self._ready, self._thread = threading.Event(), None

        async def answer(request):
            loop = asyncio.get_running_loop()
            target, origin = request.target.decode("latin-1"), ""
            found = request.early or await loop.run_in_executor(
                None, answering, request.method, target, request.body, origin
            )
            return rendered(found, close=not request.keep)

        async def serve():
            self._end, self._loop = asyncio.Event(), asyncio.get_running_loop()
            async with http_server.listening(address, answer, bounds or Bounds(), drain) as port:
                self.port = port
                self._ready.set()
                await self._end.wait()

        self._thread = threading.Thread(target=uvloop.run, args=(serve(),), daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    def stop(self):
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(20)
        assert not self._thread.is_alive()


class Kept:
    """A log in memory."""

    def __init__(self):
        self.exchanges, self.signatures = [], {}

    def write(self, exchange):
        self.exchanges.append(exchange)

    def signature(self, version, metadata_json):
        self.signatures[version] = metadata_json


@contextmanager
def rest_gateway(port, name="tiny", challenger=None, drain=5.0, **settings):
    """Pass on to the server at `port`. Yields its own port, the log, metrics, `stop`."""
    chosen = GatewaySettings.model_validate(settings)
    log, shadow = Kept(), Shadow()
    servers = {MAIN: ("127.0.0.1", port)}
    if challenger:
        servers[CHALLENGER] = ("127.0.0.1", challenger)
    gateway = Gateway(
        name,
        chosen,
        log,
        Routes(chosen.routes, challenger=bool(challenger)),
        Metrics(Counts, lambda: shadow.dropped),
        {MAIN: "sha256:main", CHALLENGER: "sha256:challenger"},
        shadow,
    )
    ready, about = threading.Event(), SimpleNamespace(log=log, gateway=gateway)

    async def serve():
        about.end, about.loop = asyncio.Event(), asyncio.get_running_loop()
        async with (
            shadow.draining(drain),
            rest_proxy.serving(gateway, ("127.0.0.1", 0), servers, drain) as about.rest_port,
        ):
            ready.set()
            await about.end.wait()

    def stop():
        if thread.is_alive():
            about.loop.call_soon_threadsafe(about.end.set)
        thread.join(20)
        assert not thread.is_alive()

    about.stop = stop
    thread = threading.Thread(target=uvloop.run, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield about
    finally:
        stop()
