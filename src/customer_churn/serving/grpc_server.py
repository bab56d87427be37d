"""The gRPC surface: TensorFlow Serving's two services and the standard one for health."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from tensorflow_serving.apis import (
    model_service_pb2_grpc,
    prediction_service_pb2_grpc,
)

from customer_churn.serving import examples, metadata
from customer_churn.serving.http_body import MOST_BYTES
from customer_churn.serving.identity import EMBEDDED, KEY
from customer_churn.serving.model import ServedModel
from customer_churn.serving.predict import predict
from customer_churn.serving.refused import RefusedError

THREADS = 16
CALLS = 64  # at once; more are refused with RESOURCE_EXHAUSTED
Handler = Callable[[ServedModel, Any], Any]


class GrpcServer:
    """Answers in threads until `stop`. `port` is the one that was free when 0 is asked for."""

    def __init__(self, host: str, port: int, model: ServedModel) -> None:
        """Bind and start. Raises RuntimeError when the port is taken."""
        self._health = health.HealthServicer()
        self._server = grpc.server(
            ThreadPoolExecutor(THREADS, thread_name_prefix="grpc"),
            maximum_concurrent_rpcs=CALLS,
            options=[
                ("grpc.max_receive_message_length", MOST_BYTES),
                ("grpc.so_reuseport", 0),  # two servers on one port would share its requests
            ],
        )
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
            _Predictions(model), self._server
        )
        model_service_pb2_grpc.add_ModelServiceServicer_to_server(_Models(model), self._server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        self.port = self._server.add_insecure_port(f"{host}:{port}")
        self._health.set("", health_pb2.HealthCheckResponse.SERVING)
        self._server.start()

    def stop(self, grace: float = 5.0) -> None:
        """Say NOT_SERVING, take no more calls, finish those under way."""
        self._health.enter_graceful_shutdown()
        self._server.stop(grace).wait()


def _method(handler: Handler) -> Any:
    def answer(self: Any, request: Any, context: grpc.ServicerContext) -> Any:
        context.send_initial_metadata([(KEY, EMBEDDED)])
        try:
            return handler(self.model, request)
        except RefusedError as refused:
            code, message = refused.code, str(refused)
        except Exception as unexpected:  # as over REST: an answer, not a trace on the terminal
            code = grpc.StatusCode.INTERNAL
            message = f"{type(unexpected).__name__}: {str(unexpected)[:200]}"
        return context.abort(code, message)

    return answer


def _not_here(_model: ServedModel, _request: Any) -> Any:
    raise RefusedError(grpc.StatusCode.UNIMPLEMENTED, "The development server does not do this")


class _Predictions(prediction_service_pb2_grpc.PredictionServiceServicer):  # type: ignore[misc]
    def __init__(self, model: ServedModel) -> None:
        self.model = model

    Predict = _method(predict)
    Classify = _method(examples.classify)
    Regress = _method(examples.regress)
    GetModelMetadata = _method(metadata.metadata)
    MultiInference = _method(_not_here)


class _Models(model_service_pb2_grpc.ModelServiceServicer):  # type: ignore[misc]
    def __init__(self, model: ServedModel) -> None:
        self.model = model

    GetModelStatus = _method(metadata.status)
    HandleReloadConfigRequest = _method(_not_here)
