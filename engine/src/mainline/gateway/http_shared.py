"""What the connections of one server share: the limits, and who is there."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mainline.gateway.http_request import Answering
from mainline.serving.bodies import Bounds, Room

if TYPE_CHECKING:
    from mainline.gateway.http_connection import Connection


@dataclass
class Shared:
    """`busy` are at least the connections with a request, or a part of one.

    `refused` is called for each connection too many.
    """

    answering: Answering
    bounds: Bounds
    room: Room
    refused: Callable[[], None]
    connections: "set[Connection]" = field(default_factory=set)
    busy: "set[Connection]" = field(default_factory=set)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)  # that answer, also who hung up
    closing: bool = False

    @property
    def full(self) -> bool:
        """Whether there is no place for another connection."""
        return self.closing or len(self.connections) >= self.bounds.connections

    def begins(self, connection: "Connection") -> bool:
        """Whether there is a place for a request that begins: each may take memory."""
        if connection not in self.busy and len(self.busy) >= self.bounds.requests:
            self.busy = {each for each in self.busy if not each.idle}
            if len(self.busy) >= self.bounds.requests:
                return False
        self.busy.add(connection)
        return True
