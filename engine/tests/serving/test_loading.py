"""A version loads whole or not at all, and no port is open before."""

import shutil
import socket

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2, prediction_log_pb2

from mainline.core.errors import MainlineError
from mainline.serving import warm_up
from mainline.serving.embedded import serving
from mainline.serving.served import Served


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def asked(model_directory, tmp_path, version):
    """A copy of the model that a test may damage, at ports that nobody else has."""
    copy = shutil.copytree(model_directory, tmp_path / "model")
    return Served(copy, "tiny", version, grpc_port=free_port(), rest_port=free_port())


def write(asked, *logs):
    with tf.io.TFRecordWriter(str(asked.directory / warm_up.REQUESTS)) as records:
        for log in logs:
            records.write(log if isinstance(log, bytes) else log.SerializeToString())


def predict_log(**inputs):
    request = predict_pb2.PredictRequest()
    for name, value in inputs.items():
        request.inputs[name].CopyFrom(tf.make_tensor_proto(value))
    return prediction_log_pb2.PredictionLog(
        predict_log=prediction_log_pb2.PredictLog(request=request)
    )


def fits():
    number, text = np.float32([1]), ["x"]
    return predict_log(age=number, income=number, city=text, plan=text)


def test_ports_open_after_load_and_warm_up_and_close_at_the_end(asked, monkeypatch):
    seen = []
    replay = warm_up.replay

    def watched(model, directory):
        seen.extend([listens(asked.grpc_port), listens(asked.rest_port)])
        return replay(model, directory)

    monkeypatch.setattr(warm_up, "replay", watched)
    with serving(asked) as served:
        assert (served.grpc_port, served.rest_port) == (asked.grpc_port, asked.rest_port)
        assert listens(asked.grpc_port)
        assert listens(asked.rest_port)
    assert seen == [False, False]
    assert not listens(asked.grpc_port)
    assert not listens(asked.rest_port)


@pytest.mark.parametrize(
    "log",
    [
        predict_log(age=np.float32([1])),
        predict_log(age=["x"], income=np.float32([1]), city=["x"], plan=["x"]),
        predict_log(age=np.float32(1), income=np.float32([1]), city=["x"], plan=["x"]),
        prediction_log_pb2.PredictionLog(),
        b"\xff\xff\xff",
    ],
    ids=["missing", "type", "shape", "empty", "garbage"],
)
def test_a_warm_up_request_that_does_not_fit_fails_to_load(asked, log):
    write(asked, fits(), log)
    with pytest.raises(MainlineError, match="request 2"), serving(asked):
        pass
    assert not listens(asked.grpc_port)


def test_a_cut_warm_up_file_fails_to_load(asked):
    path = asked.directory / warm_up.REQUESTS
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(MainlineError, match="damaged"), serving(asked):
        pass


def test_at_most_a_thousand_warm_up_requests(asked):
    write(asked, *[fits()] * 1001)
    with pytest.raises(MainlineError, match="at most 1000"), serving(asked):
        pass


def test_a_model_without_warm_up_requests_loads(asked):
    (asked.directory / warm_up.REQUESTS).unlink()
    with serving(asked):
        assert listens(asked.rest_port)


@pytest.mark.parametrize("name", ["saved_model.pb", "variables/variables.index"])
@pytest.mark.parametrize("damage", [b"", b"\xff" * 300, None])
def test_damaged_bytes_do_not_load(asked, name, damage):
    path = asked.directory / name
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)
    with pytest.raises(MainlineError, match=str(asked.directory)), serving(asked):
        pass


def test_variables_that_no_restore_fills_do_not_load(tmp_path):
    """What Keras's own variables become when they are saved: Python's loader forgives it."""
    layer = keras.layers.Dense(1)
    layer.build((None, 1))
    module = tf.Module()
    module.kept = list(layer.weights)
    signature = [tf.TensorSpec([None], name="age")]
    serve = tf.function(lambda age: {"score": layer(age[:, None])}, input_signature=signature)
    tf.saved_model.save(module, str(tmp_path), signatures={"serving_default": serve})
    assert tf.saved_model.load(str(tmp_path))
    with (
        pytest.raises(MainlineError, match="operation VarIsInitializedOp is not allowed"),
        serving(Served(tmp_path, "keras", 1)),
    ):
        pass


@pytest.mark.parametrize(("which", "option"), [("grpc", "--grpc-port"), ("rest", "--rest-port")])
def test_a_taken_port_is_named_with_the_option_that_takes_another(asked, which, option):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", getattr(asked, f"{which}_port")))
        taken.listen()
        with pytest.raises(MainlineError, match=option), serving(asked):
            pass
    assert not listens(asked.grpc_port)
    assert not listens(asked.rest_port)
