"""A predict request as protobuf, answered: what gRPC and the warm-up have in common."""

import math
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2

from mainline.serving.model import DEFAULT_SIGNATURE, ServedModel
from mainline.serving.refused import invalid

MOST_VALUES = 1 << 24  # one value and a vast shape are a few bytes on the wire


def predict(model: ServedModel, request: Any, *, named: bool = True) -> Any:
    """The PredictResponse, which carries name and version of the model.

    A warm-up request need not name it right (`named`). Refuses what does not fit.
    """
    if named:
        check_spec(model, request)
    signature = model.signature(request.model_spec.signature_name)
    inputs = {name: _array(signature, name, proto) for name, proto in request.inputs.items()}
    outputs = model.run(signature, inputs, request.output_filter)
    response = predict_pb2.PredictResponse()
    identify(response.model_spec, model)
    response.model_spec.signature_name = request.model_spec.signature_name or DEFAULT_SIGNATURE
    for name, values in outputs.items():
        response.outputs[name].CopyFrom(tf.make_tensor_proto(values))
    return response


def check_spec(model: ServedModel, request: Any) -> None:
    """Refuse a request that names no model, or another one than this."""
    if not request.HasField("model_spec"):
        raise invalid("Missing ModelSpec")
    spec = request.model_spec
    version = spec.version.value if spec.HasField("version") else None
    label = spec.version_label if spec.HasField("version_label") else None
    model.check(spec.name, version, label)


def identify(spec: Any, model: ServedModel) -> None:
    """Say in an answer which model gave it."""
    spec.name = model.name
    spec.version.value = model.version


def _array(signature: Any, name: str, proto: Any) -> np.ndarray:
    if name not in signature.inputs:
        return np.zeros(0)  # `run` refuses it, and says what else is wrong with the names
    want = signature.inputs[name].dtype
    if proto.dtype != want:
        have, expected = (_dtype_name(number) for number in (proto.dtype, want))
        raise invalid(f"input '{name}' is of type {have}; the signature takes {expected}")
    sizes = [dimension.size for dimension in proto.tensor_shape.dim]
    if proto.tensor_shape.unknown_rank or any(size < 0 for size in sizes):
        raise invalid(f"tensor parsing error: {name} has no definite shape")
    if math.prod(sizes) > MOST_VALUES:
        raise invalid(f"tensor parsing error: {name} has more than {MOST_VALUES} values")
    try:
        array: np.ndarray = tf.make_ndarray(proto)
    except (TypeError, ValueError) as error:
        raise invalid(f"tensor parsing error: {name}: {error}") from None
    return array


def _dtype_name(number: int) -> str:
    try:
        return str(tf.as_dtype(number).name)
    except TypeError:
        return f"number {number}"
