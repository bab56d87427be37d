import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

from mainline.packaging import warmup

NAME = "dist/model/assets.extra/tf_serving_warmup_requests"


@pytest.fixture(scope="module")
def requests(tiny_run):
    records = tf.data.TFRecordDataset(str(tiny_run / NAME)).as_numpy_iterator()
    logs = [prediction_log_pb2.PredictionLog.FromString(record) for record in records]
    assert {log.WhichOneof("log_type") for log in logs} == {"predict_log"}
    return [log.predict_log.request for log in logs]


def test_each_names_the_served_model_and_its_signature(requests):
    assert len(requests) == len(warmup.BATCHES)
    for request in requests:
        assert request.model_spec.name == "tiny"
        assert request.model_spec.signature_name == "serving_default"


def test_each_runs_through_the_signature(requests, tiny_run):
    model = tf.saved_model.load(str(tiny_run / "dist/model"))
    serve = model.signatures["serving_default"]
    for request, size in zip(requests, warmup.BATCHES, strict=True):
        tensors = {name: tf.make_ndarray(value) for name, value in request.inputs.items()}
        scores = serve(**{name: tf.constant(values) for name, values in tensors.items()})["score"]
        assert scores.shape == (size,)
        assert np.isfinite(scores).all()


def test_the_larger_batch_holds_missing_values(requests):
    assert np.isnan(tf.make_ndarray(requests[1].inputs["age"])).any()
    assert b"" in tf.make_ndarray(requests[1].inputs["city"])
