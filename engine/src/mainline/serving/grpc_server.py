"""The gRPC server: predict, metadata, status and health."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    predict_pb2,
)

from mainline.serving import metadata
from mainline.serving.bodies import Bounds
from mainline.serving.identity import EMBEDDED, KEY
from mainline.serving.model import ServedModel
from mainline.serving.predict import predict
from mainline.serving.refused import RefusedError

THREADS = 16
CALLS = 64  # parallel calls; more are refused with RESOURCE_EXHAUSTED
Handler = Callable[[ServedModel, Any], Any]
# gRPC answers UNIMPLEMENTED for the other methods of both services.
METHODS: dict[str, dict[str, tuple[Handler, Any]]] = {
    "tensorflow.serving.PredictionService": {
        "Predict": (predict, predict_pb2.PredictRequest),
        "GetModelMetadata": (metadata.metadata, get_model_metadata_pb2.GetModelMetadataRequest),
    },
    "tensorflow.serving.ModelService": {
        "GetModelStatus": (metadata.status, get_model_status_pb2.GetModelStatusRequest),
    },
}


class GrpcServer:
    """Answers in threads until `stop`. `port` is the actual port, also if 0 was requested."""

    def __init__(
        self, host: str, port: int, model: ServedModel, arguments: Sequence[tuple[str, Any]] = ()
    ) -> None:
        """Bind and start. `arguments` are the channel's. Raises RuntimeError for a used port."""
        self._health = health.HealthServicer()
        self._server = grpc.server(
            ThreadPoolExecutor(THREADS, thread_name_prefix="grpc"),
            maximum_concurrent_rpcs=CALLS,
            options=[
                ("grpc.max_receive_message_length", Bounds.body_bytes),
                ("grpc.so_reuseport", 0),  # two servers on one port would share its requests
                # With `max_connection_age`, this ends calls that would never end.
                ("grpc.max_connection_age_grace_ms", int(Bounds.seconds * 1000)),
                *arguments,
            ],
        )
        for service, methods in METHODS.items():
            handlers = {name: _handler(model, *about) for name, about in methods.items()}
            generic = grpc.method_handlers_generic_handler(service, handlers)
            self._server.add_generic_rpc_handlers([generic])
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        self.port = self._server.add_insecure_port(f"{host}:{port}")
        self._health.set("", health_pb2.HealthCheckResponse.SERVING)
        self._server.start()

    def stop(self, grace: float = 5.0) -> None:
        """Report NOT_SERVING, accept no more calls, and finish running ones."""
        self._health.enter_graceful_shutdown()
        self._server.stop(grace).wait()


def _handler(model: ServedModel, handler: Handler, request: Any) -> Any:
    return grpc.unary_unary_rpc_method_handler(
        partial(_answer, model, handler),
        request_deserializer=request.FromString,
        response_serializer=lambda response: response.SerializeToString(),
    )


def _answer(model: ServedModel, handler: Handler, request: Any, context: Any) -> Any:
    context.send_initial_metadata([(KEY, EMBEDDED)])
    try:
        return handler(model, request)
    except RefusedError as refused:
        code, message = refused.code, str(refused)
    except Exception as unexpected:  # as over REST: answer with an error, print no traceback
        code = grpc.StatusCode.INTERNAL
        message = f"{type(unexpected).__name__}: {str(unexpected)[:200]}"
    return context.abort(code, message)
