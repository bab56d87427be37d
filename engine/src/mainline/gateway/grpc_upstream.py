"""The gRPC channel to one model server: bytes out, bytes in, errors as values."""

from dataclasses import dataclass
from typing import Any

import grpc
import grpc.aio

from mainline.gateway.grpc_metadata import Pairs

_OPTIONS = [
    ("grpc.enable_http_proxy", 0),
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.max_receive_message_length", -1),  # the listener has the bound
    ("grpc.max_send_message_length", -1),
    # A server that is back gets requests again after a second, not after gRPC's two minutes.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 1000),  # also the limit for one attempt
    ("grpc.max_reconnect_backoff_ms", 1000),
]


@dataclass(frozen=True, slots=True)
class GrpcAnswer:
    """What a server answered: `details` and no `body` unless the code is OK."""

    code: grpc.StatusCode
    details: str
    body: bytes
    initial: Pairs
    trailing: Pairs
    reached: bool  # whether a server said this, and not this side of the connection


class GrpcUpstream:
    """Calls any method of one server. Connects when it is first asked."""

    def __init__(self, address: str) -> None:
        """`address` has the form `127.0.0.1:8510`."""
        self._channel = grpc.aio.insecure_channel(address, options=_OPTIONS)
        self._methods: dict[str, Any] = {}

    async def ask(
        self, method: str, request: bytes, metadata: Pairs, seconds: float | None
    ) -> GrpcAnswer:
        """The answer, or the error. Cancelling this cancels the call."""
        known = self._methods.get(method)
        if known is None:
            known = self._methods[method] = self._channel.unary_unary(method)
        call = known(request, metadata=metadata, timeout=seconds)
        try:
            body = await call
        except grpc.aio.AioRpcError as error:
            initial, trailing = tuple(error.initial_metadata()), tuple(error.trailing_metadata())
            reached = (
                error.code() is not grpc.StatusCode.UNAVAILABLE
                or self._channel.get_state() is grpc.ChannelConnectivity.READY
            )
            return GrpcAnswer(error.code(), error.details() or "", b"", initial, trailing, reached)
        initial, trailing = await call.initial_metadata(), await call.trailing_metadata()
        return GrpcAnswer(grpc.StatusCode.OK, "", body, tuple(initial), tuple(trailing), True)

    def watch(self, method: str, request: bytes, metadata: Pairs) -> Any:
        """A call that answers again and again."""
        return self._channel.unary_stream(method)(request, metadata=metadata)

    async def close(self) -> None:
        """End the connection."""
        await self._channel.close()
