"""Listens for HTTP, gives up on slow clients, and drains at the end."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from mainline.core.errors import MainlineError
from mainline.gateway.http_connection import Connection
from mainline.gateway.http_request import Answering
from mainline.gateway.http_shared import Shared
from mainline.serving.bodies import Bounds, Room

BACKLOG = 1024


@asynccontextmanager
async def listening(
    address: tuple[str, int],
    answering: Answering,
    bounds: Bounds,
    drain_seconds: float,
    refused: Callable[[], None] = lambda: None,
) -> AsyncIterator[int]:
    """Answer requests during the block. Yields the port.

    `refused` is called for each connection too many. After the block no connection is accepted,
    idle ones are closed, and answers under way have `drain_seconds` before they are cancelled.
    Raises MainlineError when the address cannot be used.
    """
    shared = Shared(answering, bounds, Room(bounds), refused)
    loop = asyncio.get_running_loop()
    try:
        listening = socket.create_server(address, backlog=BACKLOG)
    except OSError:
        raise MainlineError(
            f"cannot listen on {address[0]}:{address[1]}: it is in use, or not an address of this "
            "machine."
        ) from None
    server = await loop.create_server(lambda: Connection(shared), sock=listening, backlog=BACKLOG)
    sweeping = asyncio.create_task(_sweep(shared))
    try:
        yield listening.getsockname()[1]
    finally:
        server.close()
        await _drain(shared, drain_seconds)
        sweeping.cancel()


async def _sweep(shared: Shared) -> None:
    """Give up on clients that are late, at most a quarter of the bound after it."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(min(1.0, shared.bounds.seconds / 4))
        now = loop.time()
        for connection in [each for each in shared.connections if each.deadline < now]:
            connection.late()


async def _drain(shared: Shared, seconds: float) -> None:
    shared.closing = True
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    for connection in list(shared.connections):
        connection.finish()
    while (shared.connections or shared.tasks) and loop.time() < end:
        await asyncio.sleep(0.02)
    if tasks := set(shared.tasks):  # each says itself that it got no answer
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for connection in list(shared.connections):
        connection.abort()
