"""The port for Prometheus and the kubelet: /metrics and /healthz."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from mainline.gateway.gateway import Gateway
from mainline.gateway.http_answer import rendered
from mainline.gateway.http_request import Request
from mainline.gateway.http_server import listening
from mainline.serving.bodies import Bounds
from mainline.serving.rest_paths import Answer

BOUNDS = Bounds(body_bytes=2**10, small_bytes=2**10, seconds=10.0, connections=32)


@asynccontextmanager
async def serving(gateway: Gateway, host: str, port: int) -> AsyncIterator[int]:
    """Answer during the block. Yields the port. Raises MainlineError when it is in use."""

    async def answer(request: Request) -> bytes:
        answer = request.early or _page(gateway, request.target)
        return rendered(answer, close=not request.keep, body=request.method != "HEAD")

    async with listening((host, port), answer, BOUNDS, 1.0) as listened:
        yield listened


def _page(gateway: Gateway, target: bytes) -> Answer:
    if target == b"/metrics":
        return Answer(200, generate_latest(gateway.metrics.registry), CONTENT_TYPE_LATEST)
    if target == b"/healthz":  # the process is well; readiness is gRPC's health of the model server
        return Answer(200, b"ok\n", "text/plain")
    return Answer(404, b"/metrics or /healthz\n", "text/plain")
