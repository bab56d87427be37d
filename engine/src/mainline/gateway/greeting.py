"""Asks a model server, on a new connection, which version it serves."""

import json
from urllib.parse import quote

from mainline.gateway.gateway import Gateway
from mainline.gateway.upstream import Upstream


class Greeting:
    """What is asked first. A version that is new to the log gets its signature kept, too."""

    def __init__(self, gateway: Gateway, arm: str) -> None:
        self._gateway, self._arm = gateway, arm
        self._path = f"/v1/models/{quote(gateway.name, safe='')}"

    async def __call__(self, upstream: Upstream) -> None:
        """Set `version` of the connection; it stays empty when the server does not say it."""
        reply = await upstream.ask(self._get(""))
        upstream.version = newest(reply.body) if reply.status == 200 else ""
        if not upstream.version:
            return
        if upstream.version not in self._gateway.versions.values():
            about = await upstream.ask(self._get(f"/versions/{upstream.version}/metadata"))
            if about.status == 200:
                self._gateway.log.signature(upstream.version, about.body)
        self._gateway.versions[self._arm] = upstream.version

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
