"""gRPC with TensorFlow Serving's own stubs, of the server alone and through the gateway."""

import time
from argparse import ArgumentTypeError
from contextlib import ExitStack
from dataclasses import replace

import grpc
import numpy as np
import pytest
import tensorflow as tf
from google.protobuf import any_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from tensorflow_serving.apis import (
    classification_pb2,
    get_model_metadata_pb2,
    get_model_status_pb2,
    inference_pb2,
    model_management_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
    regression_pb2,
)

from gateway_stand_in import gateway
from mainline.serving import options
from mainline.serving.bodies import Bounds
from mainline.serving.embedded import serving
from mainline.serving.model import ServedModel


@pytest.fixture(scope="module", params=["alone", "gateway"])
def channel(served, request):
    most = [("grpc.max_send_message_length", -1)]
    with ExitStack() as stack:
        address = served.grpc
        if request.param == "gateway":
            address = stack.enter_context(gateway(address)).address
        yield stack.enter_context(grpc.insecure_channel(address, options=most))


@pytest.fixture(scope="module")
def predictions(channel):
    return prediction_service_pb2_grpc.PredictionServiceStub(channel)


@pytest.fixture(scope="module")
def models(channel):
    return model_service_pb2_grpc.ModelServiceStub(channel)


@pytest.fixture
def request_(golden):
    """All golden rows; tests bend it."""
    made = predict_pb2.PredictRequest()
    made.model_spec.name = "tiny"
    for name in golden[0][0]:
        values = [row[name] for row in golden[0]]
        dtype = object if isinstance(values[0], str) else np.float32
        made.inputs[name].CopyFrom(tf.make_tensor_proto(np.array(values, dtype)))
    return made


def code(call, request):
    with pytest.raises(grpc.RpcError) as refused:
        call(request, timeout=10)
    assert "Exception" not in refused.value.details()
    return refused.value.code().name


def test_golden_rows_score_exactly_and_the_answer_says_who_answered(
    predictions, request_, golden, version
):
    answer = predictions.Predict(request_, timeout=10)
    assert tf.make_ndarray(answer.outputs["score"]).tolist() == golden[1]
    spec = answer.model_spec
    assert (spec.name, spec.version.value, spec.signature_name) == (
        "tiny",
        version,
        "serving_default",
    )


def test_an_output_can_be_named(predictions, request_):
    request_.output_filter.append("score")
    assert list(predictions.Predict(request_, timeout=10).outputs) == ["score"]


@pytest.mark.parametrize("names", [["other"], ["score", "score"]])
def test_an_unknown_or_repeated_output_is_invalid(predictions, request_, names):
    request_.output_filter.extend(names)
    assert code(predictions.Predict, request_) == "INVALID_ARGUMENT"


def test_an_unknown_model_or_version_is_not_found(predictions, request_, version):
    request_.model_spec.version.value = version
    predictions.Predict(request_, timeout=10)
    request_.model_spec.version.value = version + 1
    assert code(predictions.Predict, request_) == "NOT_FOUND"
    request_.model_spec.ClearField("version")
    request_.model_spec.name = "other"
    assert code(predictions.Predict, request_) == "NOT_FOUND"


def test_a_label_or_no_model_spec_is_invalid(predictions, request_):
    request_.model_spec.version_label = "stable"
    assert code(predictions.Predict, request_) == "INVALID_ARGUMENT"
    request_.ClearField("model_spec")
    assert code(predictions.Predict, request_) == "INVALID_ARGUMENT"


def test_an_unknown_signature_fails_a_precondition(predictions, request_):
    request_.model_spec.signature_name = "other"
    assert code(predictions.Predict, request_) == "FAILED_PRECONDITION"


def bent(values, **changes):
    proto = tf.make_tensor_proto(values)
    for name, value in changes.items():
        setattr(proto, name, value)
    return proto


def vast():
    proto = tf.make_tensor_proto(np.float32([1.0]))
    proto.tensor_shape.dim[0].size = 2**40
    return proto


def negative():
    proto = tf.make_tensor_proto(np.float32([1.0]))
    proto.tensor_shape.dim[0].size = -1
    return proto


@pytest.mark.parametrize(
    "age",
    [
        tf.make_tensor_proto(["x"] * 16),
        tf.make_tensor_proto(np.zeros(16, np.float64)),
        tf.make_tensor_proto(np.zeros(15, np.float32)),
        tf.make_tensor_proto(np.zeros((16, 1), np.float32)),
        tf.make_tensor_proto(np.float32(1)),
        bent(np.zeros(16, np.float32), tensor_content=b"abc"),
        bent(np.zeros(16, np.float32), dtype=99),
        vast(),
        negative(),
    ],
    ids=["text", "double", "short", "rank", "scalar", "cut", "dtype", "vast", "negative"],
)
def test_a_wrong_tensor_is_invalid(predictions, request_, age):
    request_.inputs["age"].CopyFrom(age)
    assert code(predictions.Predict, request_) == "INVALID_ARGUMENT"


def test_a_shape_without_values_is_full_of_empty_text(predictions, request_):
    """As TensorFlow reads a tensor whose values nobody wrote."""
    del request_.inputs["city"].string_val[:]
    bare = predictions.Predict(request_, timeout=10)
    request_.inputs["city"].string_val.extend([b""] * 16)
    assert bare.outputs == predictions.Predict(request_, timeout=10).outputs


def test_a_missing_or_extra_input_is_invalid(predictions, request_):
    request_.inputs["shoe"].CopyFrom(request_.inputs["age"])
    assert code(predictions.Predict, request_) == "INVALID_ARGUMENT"
    del request_.inputs["shoe"]
    del request_.inputs["age"]
    assert code(predictions.Predict, request_) == "INVALID_ARGUMENT"


def test_a_large_request_is_answered(predictions, request_, golden):
    """The bound of gRPC itself is 4 MiB; TensorFlow Serving lifts it."""
    request_.inputs["city"].string_val[0] = b"x" * 2**23
    answer = predictions.Predict(request_, timeout=30)
    assert tf.make_ndarray(answer.outputs["score"]).shape == (len(golden[0]),)


def test_a_request_beyond_the_bound_is_refused(predictions, request_):
    request_.inputs["city"].string_val[0] = b"x" * (Bounds.body_bytes + 1)
    assert code(predictions.Predict, request_) == "RESOURCE_EXHAUSTED"


def test_a_connection_ends_at_the_age_that_the_channel_arguments_say(contract_server):
    """The client connects anew and gets its answer: no call fails."""
    young = replace(contract_server, channel_arguments="grpc.max_connection_age_ms=100")
    seen = []
    with (
        serving(replace(young, grpc_port=0, rest_port=0)) as served,
        grpc.insecure_channel(served.grpc) as channel,
    ):
        channel.subscribe(seen.append, try_to_connect=True)
        models = model_service_pb2_grpc.ModelServiceStub(channel)
        until = time.monotonic() + 5
        while grpc.ChannelConnectivity.IDLE not in seen[1:] and time.monotonic() < until:
            time.sleep(0.02)
        assert grpc.ChannelConnectivity.IDLE in seen[1:]
        for _ in range(10):
            models.GetModelStatus(status_request(served.name), timeout=10)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("grpc.max_connection_age_ms=10000", [("grpc.max_connection_age_ms", 10000)]),
        ("a=-1,b=text,", [("a", -1), ("b", "text")]),
        ("a=2147483647,b=2147483648", [("a", 2**31 - 1), ("b", "2147483648")]),
    ],
)
def test_channel_arguments_are_read_as_the_real_server_reads_them(text, expected):
    assert options.parsed(text) == expected


@pytest.mark.parametrize("text", ["grpc.max", "=1", "a=1,b"])
def test_channel_arguments_of_another_form_are_an_error_of_the_option(text):
    with pytest.raises(ArgumentTypeError, match="is not NAME=VALUE"):
        options.channel_arguments(text)


def metadata_request(*fields):
    made = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=fields)
    made.model_spec.name = "tiny"
    return made


def test_metadata_holds_the_signature_and_the_version(predictions, version):
    answer = predictions.GetModelMetadata(metadata_request("signature_def"), timeout=10)
    assert (answer.model_spec.name, answer.model_spec.version.value) == ("tiny", version)
    found = get_model_metadata_pb2.SignatureDefMap()
    packed: any_pb2.Any = answer.metadata["signature_def"]
    assert packed.Unpack(found)
    inputs = found.signature_def["serving_default"].inputs
    assert set(inputs) == {"age", "income", "city", "plan"}


def test_metadata_of_no_or_an_unknown_field_is_invalid(predictions):
    for fields in ((), ("other",)):
        assert code(predictions.GetModelMetadata, metadata_request(*fields)) == "INVALID_ARGUMENT"


def status_request(name, number=None):
    made = get_model_status_pb2.GetModelStatusRequest()
    made.model_spec.name = name
    if number is not None:
        made.model_spec.version.value = number
    return made


def test_status_says_available_and_which_version(models, version):
    for request in (status_request("tiny"), status_request("tiny", version)):
        (state,) = models.GetModelStatus(request, timeout=10).model_version_status
        assert (state.version, state.state) == (version, state.AVAILABLE)
        assert state.HasField("status")
        assert state.status.error_code == 0


def test_status_of_what_is_not_here_is_not_found(models, version):
    assert code(models.GetModelStatus, status_request("other")) == "NOT_FOUND"
    assert code(models.GetModelStatus, status_request("tiny", version + 1)) == "NOT_FOUND"


def test_health_is_serving_for_the_server_and_unknown_for_other_names(channel):
    stub = health_pb2_grpc.HealthStub(channel)
    answer = stub.Check(health_pb2.HealthCheckRequest(service=""), timeout=10)
    assert answer.status == health_pb2.HealthCheckResponse.SERVING
    assert code(stub.Check, health_pb2.HealthCheckRequest(service="tiny")) == "NOT_FOUND"


def test_other_methods_are_unimplemented(predictions, models, caplog):
    for call, request in (
        (predictions.Classify, classification_pb2.ClassificationRequest()),
        (predictions.Regress, regression_pb2.RegressionRequest()),
        (predictions.MultiInference, inference_pb2.MultiInferenceRequest()),
        (models.HandleReloadConfigRequest, model_management_pb2.ReloadConfigRequest()),
    ):
        assert code(call, request) == "UNIMPLEMENTED"
    assert not caplog.records


def test_a_mistake_of_ours_is_an_answer_without_a_traceback(
    predictions, request_, monkeypatch, caplog
):
    monkeypatch.setattr(ServedModel, "run", lambda *_: 1 / 0)
    with pytest.raises(grpc.RpcError) as refused:
        predictions.Predict(request_, timeout=10)
    assert refused.value.code() == grpc.StatusCode.INTERNAL
    assert refused.value.details() == "ZeroDivisionError: division by zero"
    assert not caplog.records
