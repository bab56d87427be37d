"""The ASGI application: reads request bodies with limits on size and time, and answers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from mainline.serving.bodies import BodyError, Bounds, Room, unpacked
from mainline.serving.rest_paths import Answer, error

Answering = Callable[[str, str, bytes, str], Answer]
Receive = Callable[[], Awaitable[Any]]
THREADS = 4  # for small bodies; larger ones are answered one after the other


class HttpApp:
    """Raw ASGI: `answering` gets paths, queries and methods as the client sent them."""

    def __init__(self, answering: Answering, bounds: Bounds) -> None:
        """`answering` gets method, target, body and origin, and must not raise."""
        self._answering, self._bounds = answering, bounds
        self._room = Room(bounds)
        self._small = ThreadPoolExecutor(THREADS, thread_name_prefix="rest")
        self._large = ThreadPoolExecutor(1, thread_name_prefix="rest-large")

    async def __call__(self, scope: Any, receive: Receive, send: Callable[[Any], Any]) -> None:
        """Answer one request. A client that disconnects early gets no answer."""
        body, parts = bytearray(), _parts(receive)
        headers = dict(scope["headers"])
        try:
            async with asyncio.timeout(self._bounds.seconds):
                await self._read(body, int(headers.get(b"content-length", 0)), parts)
            found = await self._answer(scope, headers, bytes(body))
        except BodyError as refused:
            found = error(refused.status, str(refused))
            self._room.give(len(body))
            body.clear()
            if headers.get(b"connection", b"").lower() == b"close":
                await self._discard(parts)
        except TimeoutError:
            found = error(408, f"The body did not arrive within {self._bounds.seconds:g} s")
        except ConnectionError:
            return
        finally:
            self._room.give(len(body))
        size = (b"content-length", b"%d" % len(found.body))
        head = [(b"content-type", found.kind.encode()), size]
        await send({"type": "http.response.start", "status": found.status, "headers": head})
        await send({"type": "http.response.body", "body": found.body})

    async def _discard(self, parts: AsyncIterator[bytes]) -> None:
        """Read the rest of a body: closing with unread bytes would reset the connection."""
        with suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(self._bounds.seconds):
                async for _ in parts:
                    pass

    async def _read(self, into: bytearray, stated: int, parts: AsyncIterator[bytes]) -> None:
        self._room.expect(stated)
        async for part in parts:
            into += part
            self._room.take(len(part), len(into))

    async def _answer(self, scope: Any, headers: dict[bytes, bytes], body: bytes) -> Answer:
        packed = headers.get(b"content-encoding", b"").lower() == b"gzip"
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        target = (scope["raw_path"] + query).decode("latin-1")
        origin = headers.get(b"origin", b"").decode("latin-1")

        def answer() -> Answer:
            plain = unpacked(body, self._bounds.body_bytes) if packed else body
            return self._answering(scope["method"], target, plain, origin)

        pool = self._large if packed or len(body) > self._bounds.small_bytes else self._small
        return await asyncio.get_running_loop().run_in_executor(pool, answer)


async def _parts(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError
        yield message["body"]
        more = message["more_body"]
