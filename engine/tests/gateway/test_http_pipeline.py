"""Requests that come together, in pieces, or with heads that are too large."""

import random
import socket
import time
from contextlib import contextmanager

import pytest

import wire
from mainline.serving.bodies import Bounds
from mainline.serving.rest_paths import Answer
from rest_gateway import HttpListening

BOUNDS = Bounds(body_bytes=1000, small_bytes=500, seconds=5.0, connections=50)


@pytest.fixture(scope="module")
def port():
    """A server that answers with method, target and body."""

    def answer(method, target, body, origin):
        return Answer(200, f"{method} {target} ".encode() + body + b"|")

    server = HttpListening(("127.0.0.1", 0), answer, BOUNDS)
    yield server.port
    server.stop()


def request(number, close=False):
    body = f"body {number}".encode() * (number % 3)
    more = b"Connection: close\r\n" if close else b""
    if number % 2:
        head = b"POST /%d HTTP/1.1\r\nHost: x\r\n%sContent-Length: %d\r\n\r\n"
        return head % (number, more, len(body)) + body
    chunks = b"".join(b"1\r\n%c\r\n" % each for each in body) + b"0\r\n\r\n"
    head = b"PUT /%d HTTP/1.1\r\nHost: x\r\n%sTransfer-Encoding: chunked\r\n\r\n"
    return head % (number, more) + chunks


def answered(number):
    body = f"body {number}" * (number % 3)
    return f"{'POST' if number % 2 else 'PUT'} /{number} {body}|"


@pytest.mark.parametrize("seed", range(5))
def test_requests_that_are_cut_anywhere_are_answered_in_their_order(port, seed):
    count, cut = 60, random.Random(seed)
    sent = b"".join(request(number, close=number == count - 1) for number in range(count))
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        place = 0
        while place < len(sent):
            size = cut.choice((1, 2, 7, 30, 200, 4000))
            connection.sendall(sent[place : place + size])
            place += size
        received = b""
        while data := connection.recv(65536):
            received += data
    found = [part.rpartition("\r\n\r\n")[2] + "|" for part in received.decode().split("|")[:-1]]
    assert found == [answered(number) for number in range(count)]


def test_what_comes_after_the_last_request_is_not_read(port):
    received = wire.exchange(port, request(1, close=True) + request(3) + b"\x00garbage")
    assert received.count(b"HTTP/1.1 ") == 1
    assert received.endswith(answered(1).encode())


def test_a_good_request_before_a_bad_one_gets_its_answer(port):
    received = wire.exchange(port, request(1) + b"\x00\x01\x02\r\n\r\n")
    assert received.count(b"HTTP/1.1 200") == 1
    assert received.count(b"HTTP/1.1 400") == 1
    assert received.index(b"HTTP/1.1 200") < received.index(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /" + b"a" * 70_000,
        b"GET / HTTP/1.1\r\nA: " + b"b" * 300_000,
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 20_000,
    ],
    ids=["target", "target without an end", "value", "many"],
)
def test_a_head_beyond_the_bound_is_431(port, head):
    assert wire.status(wire.exchange(port, head)) == 431


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        (b"BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        (b"post / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        (b"GET / HTTP/3.0\r\nHost: a\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nA\x00: b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\nHost: a\n\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    ],
)
def test_a_head_that_is_odd_is_refused(port, sent, status):
    assert wire.status(wire.exchange(port, sent)) == status


def test_http_1_0_is_answered_and_closed(port):
    received = wire.exchange(port, b"GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    assert b"\r\nConnection: close\r\n" in received
    assert received.endswith(b"GET /old |")


CHUNKED = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "more",
    [
        b"2\r\nab\r\n0\r\n" + b"A: b\r\n" * 100_000,
        b"2\r\nab\r\n0\r\nA: " + b"b" * 600_000,
        b"2;" + b"a" * 600_000,
    ],
    ids=["trailers", "a long trailer", "a long line of a chunk"],
)
def test_what_a_chunked_body_has_beside_its_bytes_is_bounded(port, more):
    assert wire.status(wire.exchange(port, CHUNKED + more)) == 431


def test_a_body_of_many_small_chunks_passes(port):
    sent = CHUNKED + b"1;note\r\na\r\n" * 900 + b"0\r\n\r\n"
    assert wire.exchange(port, sent).endswith(b"POST / " + b"a" * 900 + b"|")


@contextmanager
def listening(answer, seconds):
    server = HttpListening(("127.0.0.1", 0), answer, Bounds(seconds=seconds, connections=50))
    try:
        yield server
    finally:
        server.stop()


def test_an_answer_that_takes_long_lets_the_next_request_wait():
    """The time for its body begins after that answer."""

    def slow(method, target, body, origin):
        time.sleep(1.0)
        return Answer(200, body + b"|")

    first, second = request(1), request(5, close=True)
    with (
        listening(slow, 0.2) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection,
    ):
        connection.sendall(first + second[:-3])
        received = connection.recv(65536)
        connection.sendall(second[-3:])
        while data := connection.recv(65536):
            received += data
    assert received.count(b"HTTP/1.1 200") == 2


def test_a_client_that_reads_slowly_gets_all_of_its_answer():
    large = Answer(200, bytes(32 * 2**20))
    with listening(lambda *_: large, 0.3) as server, socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**16)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(request(1, close=True))
        received, until = 0, time.monotonic() + 1.5
        while data := connection.recv(2**16):
            received += len(data)
            time.sleep(0.05 if time.monotonic() < until else 0)
    assert received > len(large.body)


@pytest.mark.parametrize("more", [b"", CHUNKED], ids=["alone", "with a body that never comes"])
def test_a_client_that_does_not_read_loses_its_place(more):
    large = Answer(200, bytes(32 * 2**20))
    with (
        listening(lambda *_: large, 0.3) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection,
    ):
        connection.sendall(request(1) + more)
        time.sleep(1.5)
        received = 0
        while data := connection.recv(2**20):
            received += len(data)
    assert received < len(large.body)  # what had not left yet was given up
