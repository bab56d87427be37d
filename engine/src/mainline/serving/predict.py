"""Answers predict requests in protobuf, for gRPC and for the warm-up."""

import math
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2

from mainline.serving.model import DEFAULT_SIGNATURE, ServedModel
from mainline.serving.refused import invalid

MOST_VALUES = 1 << 24  # a few bytes can request a huge shape filled with one value


def predict(model: ServedModel, request: Any, *, named: bool = True) -> Any:
    """The PredictResponse, with name and version of the model.

    `named` checks the model's name in the request; warm-up requests skip this. Refuses invalid
    requests.
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
    """Refuse a request for no model or another model."""
    if not request.HasField("model_spec"):
        raise invalid("Missing ModelSpec")
    spec = request.model_spec
    version = spec.version.value if spec.HasField("version") else None
    label = spec.version_label if spec.HasField("version_label") else None
    model.check(spec.name, version, label)


def identify(spec: Any, model: ServedModel) -> None:
    """Write name and version of the model into an answer."""
    spec.name = model.name
    spec.version.value = model.version


def _array(signature: Any, name: str, proto: Any) -> np.ndarray:
    if name not in signature.inputs:
        return np.zeros(0)  # `run` refuses it and lists all wrong names
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
