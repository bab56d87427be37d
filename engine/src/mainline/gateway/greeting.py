"""Asks a model server which version it serves, and what its signatures are, for the log."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from urllib.parse import quote

from mainline.gateway.gateway import Gateway
from mainline.gateway.upstream import Pool, Reply, Upstream, UpstreamError

PAUSE = 1.0  # seconds between two looks for versions without signatures

Ask = Callable[[bytes], Awaitable[Reply]]


class Greeting:
    """What each new connection is asked first."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._path = f"/v1/models/{quote(gateway.name, safe='')}"

    async def __call__(self, upstream: Upstream) -> None:
        """Set `version` of the connection; it stays empty when the server does not say it."""
        upstream.version = await self.newest(upstream.ask)

    async def newest(self, ask: Ask) -> str:
        """The newest version, whose signatures are kept; empty when the server does not say it."""
        reply = await ask(self._get(""))
        version = newest(reply.body) if reply.status == 200 else ""
        if version and version not in self._gateway.kept:
            await self.keep(ask, version)
        return version

    async def keep(self, ask: Ask, version: str) -> None:
        """Hand the signatures of a version to the log, if the server knows it."""
        about = await ask(self._get(f"/versions/{version}/metadata"))
        if about.status == 200:
            self._gateway.log.signature(version, about.body)
            self._gateway.kept.add(version)

    async def all_kept(self, arm: str, pool: Pool) -> None:
        """Keep what an arm serves at the start, then what its answers name. Ends by cancelling.

        Callers over gRPC alone need it: they open no connection that is greeted.
        """
        greeted = False
        while True:
            with suppress(UpstreamError):  # the server is not there yet, or no more: once again
                greeted = greeted or await self.newest(pool.ask) in self._gateway.kept
                for version in self._gateway.wanted.pop(arm, set()) - self._gateway.kept:
                    await self.keep(pool.ask, version)
            await asyncio.sleep(PAUSE)

    def _get(self, more: str) -> bytes:
        return f"GET {self._path}{more} HTTP/1.1\r\nHost: model-server\r\n\r\n".encode()


def newest(status: bytes) -> str:
    """The largest version that is available, which answers when none is named; empty if none."""
    try:
        versions = json.loads(status)["model_version_status"]
        found = [int(each["version"]) for each in versions if each["state"] == "AVAILABLE"]
    except (ValueError, KeyError, TypeError):
        return ""
    return str(max(found)) if found else ""
