"""Health over gRPC: the server's own, and NOT_SERVING while the gateway drains."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc

from mainline.gateway.grpc_bodies import LEAST, Bodies, NoBodyError
from mainline.gateway.grpc_metadata import passed
from mainline.gateway.grpc_upstream import GrpcUpstream

CHECK, WATCH = "/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch"
NOT_SERVING = b"\x08\x02"  # a HealthCheckResponse
AT_ONCE = 8  # bodies, besides those of other calls


class Health:
    """Passes both methods to the main server until `draining` is set.

    Their bodies have turns of their own: a probe must not wait behind half-sent predictions.
    """

    def __init__(self, server: GrpcUpstream) -> None:
        self.draining = asyncio.Event()
        self._server, self._bodies = server, Bodies(LEAST, AT_ONCE)

    async def check(self, _: Any, context: Any) -> bytes:
        """Whether the server serves."""
        request = await self._request(context)
        if self.draining.is_set():
            return NOT_SERVING
        metadata = passed(context.invocation_metadata())
        answer = await self._server.ask(CHECK, request, metadata, context.time_remaining())
        if answer.code is not grpc.StatusCode.OK:
            await context.abort(answer.code, answer.details, passed(answer.trailing))
        return answer.body

    async def watch(self, _: Any, context: Any) -> AsyncIterator[bytes]:
        """What the server says until it ends, or one NOT_SERVING when the gateway drains."""
        request = await self._request(context)
        call = self._server.watch(WATCH, request, passed(context.invocation_metadata()))
        draining = asyncio.create_task(self.draining.wait())
        try:
            while True:
                said = asyncio.ensure_future(call.read())
                await asyncio.wait({said, draining}, return_when=asyncio.FIRST_COMPLETED)
                if not said.done():
                    said.cancel()
                    yield NOT_SERVING
                    return
                if (body := said.result()) is grpc.aio.EOF:
                    return
                yield body
        except grpc.aio.AioRpcError as error:
            await context.abort(error.code(), error.details() or "")
        finally:
            draining.cancel()
            call.cancel()

    async def _request(self, context: Any) -> bytes:
        try:
            return await self._bodies.read(context)
        except NoBodyError as missing:
            await context.abort(missing.code, str(missing))
            raise
