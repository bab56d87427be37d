"""The tiny model behind the development server, on free ports of this machine."""

import http.client
import json
import socket

import pytest
import tensorflow as tf
from contract_cases import NUMBERS, ROW

from mainline.release.release_file import Release
from mainline.serving.embedded import serving
from mainline.serving.served import Served


@pytest.fixture(scope="session")
def model_directory(tiny_run):
    return tiny_run / "dist/model"


@pytest.fixture(scope="session")
def version(tiny_run):
    return int(Release.read(tiny_run).version)


@pytest.fixture(scope="session")
def golden(model_directory):
    """Rows with NaN where a number is missing, and their scores."""
    records = json.loads((model_directory / "assets.extra/golden.json").read_text())
    rows = [
        {name: float("nan") if value is None else value for name, value in record["inputs"].items()}
        for record in records
    ]
    return rows, [record["score"] for record in records]


@pytest.fixture(scope="session")
def served(model_directory, version):
    with serving(Served(model_directory, "tiny", version)) as running:
        yield running


@pytest.fixture(scope="session")
def contract_server(tmp_path_factory):
    """A model with the columns of the recorded one: a sum, which needs no training."""
    directory = tmp_path_factory.mktemp("contract") / "model"
    module = tf.Module()
    module.scale = tf.Variable(1000.0)

    def answer(**inputs):
        known = [tf.where(tf.math.is_nan(inputs[name]), 0.0, inputs[name]) for name in NUMBERS]
        return {"score": tf.sigmoid(tf.add_n(known) / module.scale)}

    kinds = {name: tf.float32 if name in NUMBERS else tf.string for name in ROW}
    specs = {name: tf.TensorSpec([None], kind, name) for name, kind in kinds.items()}
    served = tf.function(answer, autograph=False).get_concrete_function(**specs)
    tf.saved_model.save(module, str(directory), signatures=served)
    with serving(Served(directory, "contract", 198516175971194)) as running:
        yield running


@pytest.fixture(scope="session")
def rest(served):
    """Ask over HTTP: method, path and body (bytes, or what becomes JSON) to status and JSON."""

    def ask(method, path, body=None, headers=()):
        connection = http.client.HTTPConnection("127.0.0.1", served.rest_port, timeout=10)
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        try:
            connection.request(method, path, data, dict(headers))
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        kind = response.headers["Content-Type"]
        return response.status, json.loads(text) if kind == "application/json" else text.decode()

    return ask


@pytest.fixture(scope="session")
def predict(rest):
    return lambda body: rest("POST", "/v1/models/tiny:predict", body)


@pytest.fixture
def row():
    return {"age": 40.0, "income": 20.0, "city": "ulm", "plan": "plus"}


@pytest.fixture
def free_ports():
    """Two ports that nothing listens at."""
    with socket.socket() as one, socket.socket() as other:
        for probe in (one, other):
            probe.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]
