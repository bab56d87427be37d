"""What the parts of the gateway share: its settings, the log, the routes, the figures."""

from dataclasses import dataclass, field
from typing import Protocol

from mainline.gateway.metrics import Metrics
from mainline.request_log.exchange import Exchange
from mainline.request_log.settings import GatewaySettings

MAIN, CHALLENGER, SHADOW = "main", "challenger", "shadow"


class Log(Protocol):
    """What the proxies need of `RequestLog`."""

    def write(self, exchange: Exchange) -> None:
        """Take an exchange. Never blocks, never raises."""

    def signature(self, version: str, metadata_json: bytes) -> None:
        """Keep what a version's metadata says, so that its inputs have types in the log."""


class Routing(Protocol):
    """What the proxies need of `Routes`."""

    def choose(self, entity: str, arm_header: str, request_id: str) -> str:
        """`main` or `challenger`: who answers this request."""

    def mirrors(self, request_id: str) -> bool:
        """Whether the challenger gets a copy, for whose answer nothing waits."""


@dataclass
class Gateway:
    """One gateway. `digests` has the image of each arm that has a server.

    `versions` is what each arm's server last said that it serves; a new connection asks again.
    """

    name: str
    settings: GatewaySettings
    log: Log
    routes: Routing
    metrics: Metrics
    digests: dict[str, str]
    versions: dict[str, str] = field(default_factory=dict)

    def written(self, exchange: Exchange) -> None:
        """An exchange is over: count it, and hand it to the log."""
        self.metrics.count(exchange)
        self.log.write(exchange)
