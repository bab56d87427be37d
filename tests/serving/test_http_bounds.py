"""What a client may do to a connection, and what it may not."""

import http.client
import json
import socket
import threading
import time

import pytest

from customer_churn.serving import http_server
from customer_churn.serving.http_body import MOST_BYTES
from customer_churn.serving.http_server import HttpServer
from customer_churn.serving.rest import Answer

PREDICT = b"POST /v1/models/tiny:predict HTTP/1.1\r\nHost: x\r\n"


def exchange(port, sent, *, half_close=True):
    """Send bytes as they are; everything that comes back until the other side hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(sent)
        if half_close:
            connection.shutdown(socket.SHUT_WR)
        received = b""
        while data := connection.recv(65536):
            received += data
    return received


def status(received):
    return int(received.split(None, 2)[1])


@pytest.fixture
def body(row):
    return json.dumps({"instances": [row]}).encode()


def test_a_connection_is_kept_for_many_requests(served, body):
    connection = http.client.HTTPConnection("127.0.0.1", served.rest_port, timeout=10)
    for path in ("/v1/models/tiny:predict", "/nowhere", "/v1/models/tiny:predict"):
        connection.request("POST", path, body)
        response = connection.getresponse()
        response.read()
        assert not response.will_close
        first = connection.sock
    connection.request("GET", "/v1/models/tiny")
    assert connection.getresponse().status == 200
    assert connection.sock is first
    connection.close()


def test_two_requests_in_one_write_get_two_answers(served, body):
    one = PREDICT + b"Content-Length: %d\r\n\r\n" % len(body) + body
    received = exchange(served.rest_port, one * 2)
    assert received.count(b"HTTP/1.1 200 OK") == 2


def test_a_body_in_chunks_is_read(served, body):
    head = PREDICT + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    chunks = b"".join(b"%x;note=1\r\n%s\r\n" % (1, body[i : i + 1]) for i in range(len(body)))
    received = exchange(served.rest_port, head + chunks + b"0\r\nTrailer: 1\r\n\r\n")
    assert status(received) == 200
    assert b"predictions" in received


@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: 100\r\n\r\n{",
        b"Content-Length: x\r\n\r\n{}",
        b"Content-Length: -1\r\n\r\n{}",
        b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: gzip\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n-1\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"a: b\r\n" * 200 + b"\r\n",
    ],
    ids=range(12),
)
def test_a_body_that_is_cut_or_of_no_clear_length_is_400(served, rest):
    received = exchange(served.rest_port, PREDICT + rest)
    assert status(received) == 400
    assert b'"error"' in received


@pytest.mark.parametrize("length", [MOST_BYTES + 1, 10**30])
def test_a_body_that_says_it_is_too_large_is_413_at_once(served, length):
    start = time.monotonic()
    received = exchange(served.rest_port, PREDICT + b"Content-Length: %d\r\n\r\n" % length)
    assert status(received) == 413
    assert time.monotonic() - start < 2


def test_a_chunked_body_that_grows_too_large_is_413(served):
    chunk = b"%x\r\n%s\r\n" % (2**20, b" " * 2**20)
    head = PREDICT + b"Transfer-Encoding: chunked\r\n\r\n"
    received = exchange(served.rest_port, head + chunk * 17, half_close=False)
    assert status(received) == 413


def test_the_largest_body_is_read(served):
    head = PREDICT + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % MOST_BYTES
    received = exchange(served.rest_port, head + b" " * MOST_BYTES)
    assert status(received) == 400
    assert b"JSON" in received


@pytest.mark.parametrize(
    "sent",
    [
        b"BREW /v1/models/tiny HTTP/1.1\r\n\r\n",
        b"GET /v1/models/tiny HTTP/9.9\r\n\r\n",
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
        b"GET http://[/v1/ HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n",
    ],
    ids=range(8),
)
def test_what_is_no_http_request_is_4xx(served, sent):
    assert 400 <= status(exchange(served.rest_port, sent)) < 500


def test_head_has_no_body(served):
    received = exchange(served.rest_port, b"HEAD /v1/models/tiny HTTP/1.1\r\n\r\n")
    assert status(received) == 400
    assert received.endswith(b"\r\n\r\n")


@pytest.fixture
def slow():
    """A server of its own whose answers wait to be let go."""
    entered, go = threading.Semaphore(0), threading.Event()

    def answering(*_):
        entered.release()
        go.wait(10)
        return Answer(200, b"{}")

    server = HttpServer(("127.0.0.1", 0), answering)
    yield server, entered, go
    go.set()
    server.stop()


def test_a_client_that_stalls_is_given_up(slow, monkeypatch):
    server, _, _ = slow
    monkeypatch.setattr(http_server._Handler, "timeout", 0.2)
    stalled = PREDICT + b"Content-Length: 9\r\n\r\n{"
    assert status(exchange(server.server_port, stalled, half_close=False)) == 408
    assert exchange(server.server_port, b"GET /", half_close=False) == b""


def test_beyond_the_bound_of_connections_the_answer_is_503_and_then_there_is_room(
    slow, monkeypatch
):
    server, _, go = slow
    monkeypatch.setattr(http_server, "CONNECTIONS", 2)
    held = [socket.create_connection(("127.0.0.1", server.server_port)) for _ in range(2)]
    until = time.monotonic() + 5
    while len(server._open) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    assert status(exchange(server.server_port, b"", half_close=False)) == 503
    for connection in held:
        connection.close()
    while server._open and time.monotonic() < until:
        time.sleep(0.01)
    go.set()
    request = b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n"
    assert status(exchange(server.server_port, request)) == 200


def test_the_end_waits_for_an_answer_under_way_and_hangs_up_on_the_idle(slow):
    server, entered, go = slow
    idle = socket.create_connection(("127.0.0.1", server.server_port), timeout=10)
    received = []
    request = b"GET / HTTP/1.1\r\n\r\n"
    asking = threading.Thread(
        target=lambda: received.append(exchange(server.server_port, request, half_close=False))
    )
    asking.start()
    assert entered.acquire(timeout=5)
    ending = threading.Thread(target=server.stop)
    ending.start()
    time.sleep(0.2)
    assert ending.is_alive()
    go.set()
    ending.join(5)
    asking.join(5)
    assert not ending.is_alive()
    assert status(received[0]) == 200
    assert idle.recv(1) == b""
    idle.close()
