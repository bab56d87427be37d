"""Both clients: what they read, and the sentences when there is nothing to read."""

import math
import socket
import subprocess
import sys
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest
import tensorflow as tf

from mainline.core.errors import MainlineError
from mainline.packaging import saved_model
from mainline.serving import answers
from mainline.serving.client import RestClient
from mainline.serving.grpc_client import GrpcClient


@pytest.fixture
def by_rest(served):
    with closing(RestClient(served.rest, "tiny")) as client:
        yield client


@pytest.fixture
def by_grpc(served):
    with closing(GrpcClient(served.grpc, "tiny")) as client:
        yield client


@pytest.fixture
def nobody():
    """A port at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield probe.getsockname()[1]


@pytest.fixture
def silent():
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def with_null(rows):
    """As golden.json spells a missing number."""
    return [
        {
            name: None if isinstance(value, float) and math.isnan(value) else value
            for name, value in row.items()
        }
        for row in rows
    ]


def test_golden_rows_score_over_both_and_grpc_says_the_version(by_rest, by_grpc, golden, version):
    rows, scores = golden
    one, other = by_grpc.predict(with_null(rows)), by_rest.predict(with_null(rows))
    assert one.scores == scores
    assert np.float32(other.scores).tolist() == scores
    assert (one.version, other.version) == (version, None)
    assert 0 < one.seconds < 5
    assert 0 < other.seconds < 5


def test_both_know_the_versions_that_are_served(by_rest, by_grpc, version):
    assert by_rest.versions() == by_grpc.versions() == [version]


def test_metadata_and_inputs(by_rest, by_grpc, version):
    assert by_rest.metadata()["model_spec"]["version"] == str(version)
    number, text = tf.float32, tf.string
    assert by_grpc.inputs == {"age": number, "city": text, "income": number, "plan": text}


def test_health(by_grpc, nobody):
    assert by_grpc.healthy()
    with closing(GrpcClient(f"127.0.0.1:{nobody}", "tiny", timeout=2)) as client:
        assert not client.healthy()


def test_another_models_name_is_said(served):
    with closing(RestClient(served.rest, "o/ther")) as client:
        for ask in (client.versions, client.metadata, lambda: client.predict([{"age": 1.0}])):
            with pytest.raises(MainlineError, match="does not serve a model 'o/ther'"):
                ask()
    with closing(GrpcClient(served.grpc, "o/ther")) as client:
        for ask in (client.versions, lambda: client.predict([{"age": 1.0}])):
            with pytest.raises(MainlineError, match="does not serve a model 'o/ther'"):
                ask()


def test_rows_that_are_refused_are_explained(by_rest, by_grpc, row):
    with pytest.raises(MainlineError, match=r"refused with 400: .*age,city,income,plan"):
        by_rest.predict([{"age": 1.0}])
    with pytest.raises(MainlineError, match="a row lacks 'city'"):
        by_grpc.predict([{"age": 1.0}])
    with pytest.raises(MainlineError, match="a row's 'age' is not float32"):
        by_grpc.predict([{**row, "age": "old"}])


def said_by(client):
    """The sentence with which a client gives up."""
    with closing(client), pytest.raises(MainlineError) as gave_up:
        client.versions()
    return str(gave_up.value)


def test_nobody_there_is_said_with_what_to_do(nobody):
    expected = f"nothing listens at {{}}127.0.0.1:{nobody}; `make serve` starts a server here."
    assert said_by(RestClient(f"http://127.0.0.1:{nobody}", "m")) == expected.format("http://")
    assert said_by(GrpcClient(f"127.0.0.1:{nobody}", "m")) == expected.format("")


def test_nobody_at_another_machine_is_not_told_to_serve_here(nobody):
    for client in (RestClient, GrpcClient):
        prefix = "http://" if client is RestClient else ""
        asked = client(f"{prefix}127.0.0.2:{nobody}", "m")
        assert said_by(asked) == f"nothing listens at {prefix}127.0.0.2:{nobody}."


def test_an_answer_that_does_not_come_is_not_waited_for(silent):
    clients = [
        RestClient(f"http://127.0.0.1:{silent}", "m", timeout=0.3),
        GrpcClient(f"127.0.0.1:{silent}", "m", timeout=0.3),
    ]
    for client in clients:
        assert "did not answer within 0.3 s" in said_by(client)


def test_a_name_that_leads_nowhere_is_said():
    for client in (RestClient("http://no.invalid:1", "m"), GrpcClient("no.invalid:1", "m")):
        assert "no.invalid:1 cannot be asked" in said_by(client)


@pytest.mark.parametrize("url", ["127.0.0.1:8501", "ftp://a", "http://", "http://a:b", "http://["])
def test_what_is_no_address_is_said_before_anything_is_asked(url):
    with pytest.raises(MainlineError, match="not an address like"):
        RestClient(url, "m")


@pytest.fixture
def says(request):
    """Another server than TensorFlow Serving: always 200 and the same body."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(request.param)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    "says",
    [
        b"<html>",
        b"",
        b"[]",
        b"{}",
        b'{"predictions": 1, "model_version_status": 1}',
        b'{"predictions": [], "model_version_status": [{}]}',
        b'{"predictions": [{"other": 1}], "model_version_status": [1]}',
        b'{"predictions": ["a"], "model_version_status": [{"version": "a", "state": "AVAILABLE"}]}',
    ],
    indirect=True,
    ids=range(8),
)
def test_who_is_not_tensorflow_serving_is_said(says, row):
    with closing(RestClient(says, "m")) as client:
        for ask in (client.versions, lambda: client.predict([row])):
            with pytest.raises(MainlineError, match="does not answer as TensorFlow Serving does"):
                ask()


def test_rest_asked_at_the_grpc_port_is_said_without_its_bytes(served):
    client = RestClient(f"http://127.0.0.1:{served.grpc_port}", "tiny")
    assert said_by(client).endswith("does not use HTTP/1; it may be the gRPC port.")


def test_grpc_asked_at_the_rest_port_is_said(served):
    client = GrpcClient(f"127.0.0.1:{served.rest_port}", "tiny")
    assert "does not answer as TensorFlow Serving does" in said_by(client)


def test_the_rest_client_needs_no_tensorflow():
    module = "mainline.serving.client"
    program = f"import sys, {module}; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_output_has_the_name_that_packaging_gives_it():
    assert answers.OUTPUT == saved_model.OUTPUT
