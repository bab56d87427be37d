"""gRPC of the gateway: the port, its limits, and its end."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import grpc.aio

from mainline.core.errors import MainlineError
from mainline.gateway import grpc_bodies, open_files
from mainline.gateway.gateway import Gateway
from mainline.gateway.grpc_calls import GrpcCalls
from mainline.gateway.grpc_upstream import GrpcUpstream
from mainline.process.imports import hushed
from mainline.serving.options import CHANNEL_ARGUMENTS, parsed

CALLS = 2  # times `limits.requests`: with health, questions, and what we refuse ourselves


@asynccontextmanager
async def serving(
    gateway: Gateway, address: str, servers: Mapping[str, str], drain_seconds: float
) -> AsyncIterator[int]:
    """Listen at `address` during the block, and pass calls on to `servers`. Yields the port.

    Then health is NOT_SERVING, no call is accepted, and those under way have `drain_seconds`.
    Raises MainlineError when the port is in use.
    """
    async with AsyncExitStack() as stack:
        upstreams = {arm: GrpcUpstream(server) for arm, server in servers.items()}
        for each in upstreams.values():
            stack.push_async_callback(each.close)
        await stack.enter_async_context(gateway.shadow.draining(drain_seconds))
        calls = GrpcCalls(gateway, upstreams)
        server = _server(gateway)
        server.add_generic_rpc_handlers([calls])
        port = 0
        with hushed(), suppress(RuntimeError):  # gRPC would also log an error about the port
            port = server.add_insecure_port(address)
        if not port:
            raise MainlineError(
                f"cannot listen on {address}: it is in use, or not an address of this machine. "
                "`--grpc-port` sets another port."
            )
        await server.start()
        try:
            yield port
        finally:
            calls.health.draining.set()
            calls.ends = asyncio.get_running_loop().time() + drain_seconds
            await server.stop(drain_seconds)


def _server(gateway: Gateway) -> grpc.aio.Server:
    limits = gateway.settings.limits
    return grpc.aio.server(
        options=[
            ("grpc.max_receive_message_length", limits.body_bytes),
            ("grpc.max_send_message_length", -1),
            ("grpc.max_allowed_incoming_connections", open_files.of_grpc(limits)),
            ("grpc.so_reuseport", 0),  # two gateways on one port would share its requests
            # As the server in the cluster: callers come to new pods, and leave those that end.
            *parsed(CHANNEL_ARGUMENTS),
            *grpc_bodies.OPTIONS,
            ("grpc.max_connection_age_grace_ms", int(limits.seconds * 1000)),
        ],
        maximum_concurrent_rpcs=CALLS * limits.requests,
    )
