"""A gRPC client. Unlike REST, answers over gRPC contain the model's version.

This module imports TensorFlow, which TensorFlow Serving's messages need.
"""

import time
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import grpc
import numpy as np
import tensorflow as tf
from google.protobuf.message import DecodeError
from grpc_health.v1 import health_pb2, health_pb2_grpc
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)

from mainline.core.errors import MainlineError
from mainline.serving.answers import LABEL, OUTPUT, Answer, Row, nobody, with_nan
from mainline.serving.identity import EMBEDDED, KEY

SIGNATURE = "serving_default"
NO_ANSWER = {  # UNIMPLEMENTED comes from HTTP servers without gRPC
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.UNIMPLEMENTED,
}
REFUSED = "connection refused"  # gRPC's text for a closed port


class GrpcClient:
    """One channel to one model at a server's gRPC address."""

    def __init__(self, address: str, model: str, *, timeout: float = 5.0) -> None:
        """`address` has the form `127.0.0.1:8500`. Does not connect yet."""
        self.address, self.model, self.timeout = address, model, timeout
        self.answered = self.embedded = False  # whether any server answered; the embedded one
        # Ignore proxy variables, as the REST client does.
        self._channel = grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)])
        self._predictions = prediction_service_pb2_grpc.PredictionServiceStub(self._channel)
        self._models = model_service_pb2_grpc.ModelServiceStub(self._channel)
        self._health = health_pb2_grpc.HealthStub(self._channel)

    def healthy(self) -> bool:
        """Whether the server reports SERVING; False when there is no answer."""
        try:
            answer = self._health.Check(health_pb2.HealthCheckRequest(), timeout=self.timeout)
        except grpc.RpcError:
            return False
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)

    def predict(self, rows: Sequence[Row]) -> Answer:
        """The scores of `rows` and the model's version; None in a row is a missing number.

        Raises MainlineError when there is no answer, or it is not a prediction for these rows.
        """
        request = predict_pb2.PredictRequest()
        request.model_spec.name = self.model
        for name, values in self._columns(rows).items():
            request.inputs[name].CopyFrom(tf.make_tensor_proto(values))
        start = time.perf_counter()
        answer = self._call(self._predictions.Predict, request)
        seconds = time.perf_counter() - start
        if OUTPUT not in answer.outputs:
            raise self._strange(f"the model has no output '{OUTPUT}'")
        scores = tf.make_ndarray(answer.outputs[OUTPUT])
        if scores.shape[:1] != (len(rows),) or scores.ndim > 2:
            raise self._strange(f"scores of shape {scores.shape} for {len(rows)} rows")
        labels: list[str] = []
        if LABEL in answer.outputs:
            labels = [label.decode() for label in tf.make_ndarray(answer.outputs[LABEL])]
        version = answer.model_spec.version.value
        return Answer(scores.astype(np.float64).tolist(), seconds, version, labels)

    def versions(self) -> list[int]:
        """The available versions. Raises MainlineError when there is no answer."""
        request = get_model_status_pb2.GetModelStatusRequest()
        request.model_spec.name = self.model
        answer = self._call(self._models.GetModelStatus, request)
        available = get_model_status_pb2.ModelVersionStatus.AVAILABLE
        return [each.version for each in answer.model_version_status if each.state == available]

    @cached_property
    def inputs(self) -> dict[str, Any]:
        """The model's inputs and their dtypes, requested once.

        Raises MainlineError when there is no answer.
        """
        request = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=["signature_def"])
        request.model_spec.name = self.model
        answer = self._call(self._predictions.GetModelMetadata, request)
        found = get_model_metadata_pb2.SignatureDefMap()
        try:
            answer.metadata["signature_def"].Unpack(found)
        except DecodeError:
            raise self._strange("its metadata cannot be read") from None
        if SIGNATURE not in found.signature_def:
            raise self._strange(f"the model has no signature '{SIGNATURE}'")
        infos = found.signature_def[SIGNATURE].inputs
        return {name: tf.as_dtype(infos[name].dtype) for name in sorted(infos)}

    def close(self) -> None:
        """Close the channel."""
        self._channel.close()

    def _columns(self, rows: Sequence[Row]) -> dict[str, np.ndarray]:
        """One array for each input. Raises MainlineError for a value of a wrong type."""
        sent = with_nan(rows)
        columns = {}
        for name, dtype in self.inputs.items():
            try:
                columns[name] = np.array([row[name] for row in sent], dtype.as_numpy_dtype)
            except KeyError:
                raise MainlineError(f"a row lacks '{name}', which the model reads.") from None
            except (TypeError, ValueError) as error:
                raise MainlineError(f"a row's '{name}' is not {dtype.name}: {error}.") from None
        return columns

    def _call(self, method: Any, request: Any) -> Any:
        try:
            answer, call = method.with_call(request, timeout=self.timeout)
        except grpc.RpcError as error:
            self._note(error, answered=error.code() not in NO_ANSWER)
            raise MainlineError(self._words(error.code(), error.details() or "")) from None
        self._note(call, answered=True)
        return answer

    def _note(self, call: Any, *, answered: bool) -> None:
        self.answered = self.answered or answered
        signs = map(tuple, call.initial_metadata() or ())
        self.embedded = self.embedded or (KEY, EMBEDDED) in signs

    def _words(self, code: grpc.StatusCode, details: str) -> str:
        if code == grpc.StatusCode.DEADLINE_EXCEEDED:
            return f"{self.address} did not answer within {self.timeout:g} s."
        if code == grpc.StatusCode.NOT_FOUND:
            return f"{self.address} does not serve a model '{self.model}': {details[:300]}"
        if code == grpc.StatusCode.UNIMPLEMENTED or "HTTP/2" in details:
            return f"{self.address} does not answer as TensorFlow Serving does: {details[:300]}"
        if code == grpc.StatusCode.UNAVAILABLE and REFUSED in details.lower():
            return nobody(self.address, self.address.rpartition(":")[0])
        if code == grpc.StatusCode.UNAVAILABLE:
            return f"{self.address} cannot be asked: {details[:300]}"
        return f"{self.address} refused with {code.name}: {details[:300]}"

    def _strange(self, what: str) -> MainlineError:
        return MainlineError(f"{self.address} does not answer as TensorFlow Serving does: {what}.")
