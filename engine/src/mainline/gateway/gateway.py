"""What the parts of the gateway share: its settings, the log, the routes, the figures."""

from dataclasses import dataclass, field
from typing import Protocol

from mainline.gateway.metrics import Metrics
from mainline.gateway.routes import CHALLENGER, MAIN, Routes
from mainline.gateway.shadow import Shadow
from mainline.request_log.exchange import Exchange
from mainline.request_log.settings import GatewaySettings

SHADOW = "shadow"  # the arm of a copy
# In the log and the metrics: the server of an arm cannot be reached.
UNREACHABLE = {
    MAIN: "upstream unreachable",
    CHALLENGER: "challenger unreachable",
    SHADOW: "challenger unreachable",
}
ENDED = "gateway ended"  # likewise: before the answer was there
__all__ = ["CHALLENGER", "ENDED", "MAIN", "SHADOW", "UNREACHABLE", "Gateway", "Log"]


class Log(Protocol):
    """What the proxies need of `RequestLog`."""

    def write(self, exchange: Exchange) -> None:
        """Take an exchange. Never blocks, never raises."""

    def signature(self, version: str, metadata_json: bytes) -> None:
        """Keep what a version's metadata says, so that its inputs have types in the log."""


@dataclass
class Gateway:
    """One gateway. `digests` has the image of each arm that has a server.

    `kept` are the versions whose signatures the log has, `wanted` those of each arm that it lacks.
    """

    name: str
    settings: GatewaySettings
    log: Log
    routes: Routes
    metrics: Metrics
    digests: dict[str, str]
    shadow: Shadow = field(default_factory=Shadow)
    kept: set[str] = field(default_factory=set)
    wanted: dict[str, set[str]] = field(default_factory=dict)

    def written(self, exchange: Exchange) -> None:
        """A prediction is over: count it, and hand it to the log."""
        self.metrics.count(exchange)
        self.log.write(exchange)
        if exchange.version and exchange.version not in self.kept:
            arm = CHALLENGER if exchange.arm == SHADOW else exchange.arm
            self.wanted.setdefault(arm, set()).add(exchange.version)
