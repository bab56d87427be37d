"""Models that do have such signatures; ours have none, so these are made by hand."""

import http.client
import json

import grpc
import pytest
import tensorflow as tf
from tensorflow_serving.apis import (
    classification_pb2,
    prediction_service_pb2_grpc,
    regression_pb2,
)

from customer_churn.serving.embedded import serving
from customer_churn.serving.served import Served


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """x to [low: x, high: 2x], and to 3x."""
    directory = tmp_path_factory.mktemp("classifier") / "model"
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        rows = v1.placeholder(tf.string, [None])
        parsed = tf.io.parse_example(rows, {"x": tf.io.FixedLenFeature([], tf.float32)})["x"]
        scores = tf.stack([parsed, 2 * parsed], axis=1)
        labels = tf.tile([["low", "high"]], [tf.shape(parsed)[0], 1])
        maps = {
            "serving_default": v1.saved_model.classification_signature_def(rows, labels, scores),
            "regress": v1.saved_model.regression_signature_def(rows, 3 * parsed),
        }
        builder = v1.saved_model.Builder(str(directory))
        builder.add_meta_graph_and_variables(session, ["serve"], signature_def_map=maps)
        builder.save()
    with serving(
        Served(directory=__import__("pathlib").Path(directory), name="m", version=3)
    ) as it:
        yield it


def ask(served, method, body):
    connection = http.client.HTTPConnection("127.0.0.1", served.rest_port, timeout=10)
    connection.request("POST", f"/v1/models/m:{method}", json.dumps(body))
    response = connection.getresponse()
    found = json.loads(response.read())
    connection.close()
    return response.status, found


def test_classify_returns_results_with_labels_and_scores(served):
    body = {"examples": [{"x": 0.25}, {"x": [0.5]}]}
    expected = [[["low", 0.25], ["high", 0.5]], [["low", 0.5], ["high", 1.0]]]
    assert ask(served, "classify", body) == (200, {"results": expected})


def test_regress_returns_results(served):
    body = {"signature_name": "regress", "examples": [{"x": 1.5}]}
    assert ask(served, "regress", body) == (200, {"results": [4.5]})


def test_the_context_is_what_all_examples_share(served):
    body = {"signature_name": "regress", "context": {"x": 2.0}, "examples": [{}, {"x": 1.0}]}
    assert ask(served, "regress", body) == (200, {"results": [6.0, 3.0]})


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"examples": []},
        {"examples": 1},
        {"examples": [1]},
        {"examples": [{"x": None}]},
        {"examples": [{"x": [1.0, "a"]}]},
        {"examples": [{"x": 2**70}]},
        {"examples": [{"x": "text"}]},
        {"examples": [{"y": 1.0}]},
        {"examples": [{"x": {"b64": "?"}}]},
        {"examples": [{"x": 1.0}], "context": 1},
        {"examples": [{"x": 1.0}], "signature_name": "regress"},
    ],
    ids=range(12),
)
def test_examples_that_cannot_be_read_are_400(served, body):
    status, found = ask(served, "classify", body)
    assert status == 400
    assert list(found) == ["error"]


def test_grpc_classifies_and_regresses_and_says_the_version(served):
    with grpc.insecure_channel(served.grpc) as channel:
        stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        one, two = classification_pb2.ClassificationRequest(), regression_pb2.RegressionRequest()
        for request in (one, two):
            request.model_spec.name = "m"
            example = request.input.example_list.examples.add()
            example.features.feature["x"].float_list.value.append(0.5)
        two.model_spec.signature_name = "regress"
        classified, regressed = stub.Classify(one, timeout=10), stub.Regress(two, timeout=10)
        with pytest.raises(grpc.RpcError) as refused:
            stub.Regress(regression_pb2.RegressionRequest(), timeout=10)
    assert [each.label for each in classified.result.classifications[0].classes] == ["low", "high"]
    assert regressed.result.regressions[0].value == 1.5
    assert classified.model_spec.version.value == regressed.model_spec.version.value == 3
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
