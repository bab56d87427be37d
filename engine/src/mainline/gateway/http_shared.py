"""What the connections of one server share: the limits, and who is there."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from mainline.gateway.http_request import Answering
from mainline.serving.bodies import Bounds, Room


class Client(Protocol):
    """A connection, as those see it that look after all of them."""

    deadline: float

    @property
    def idle(self) -> bool:
        """Whether it has no request, and no part of one."""

    def late(self) -> None:
        """Its deadline is over."""

    def finish(self) -> None:
        """No request is taken any more."""

    def abort(self) -> None:
        """Hang up."""


@dataclass
class Shared:
    """`busy` are at least the connections with a request, or a part of one.

    `refused` is called for each connection too many.
    """

    answering: Answering
    bounds: Bounds
    room: Room
    refused: Callable[[], None]
    connections: set[Client] = field(default_factory=set)
    busy: set[Client] = field(default_factory=set)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)  # that answer, also who hung up
    closing: bool = False

    @property
    def full(self) -> bool:
        """Whether there is no place for another connection."""
        return self.closing or len(self.connections) >= self.bounds.connections

    def begins(self, connection: Client) -> bool:
        """Whether there is a place for a request that begins: each may take memory."""
        if connection not in self.busy and len(self.busy) >= self.bounds.requests:
            self.busy = {each for each in self.busy if not each.idle}
            if len(self.busy) >= self.bounds.requests:
                return False
        self.busy.add(connection)
        return True
