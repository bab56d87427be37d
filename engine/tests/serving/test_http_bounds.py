"""What a client may take of the server: size, time and connections."""

import gzip
import http.client
import socket
import threading
import time
from contextlib import contextmanager

import psutil
import pytest

import wire
from mainline.serving.bodies import Bounds
from mainline.serving.http_thread import HttpThread
from mainline.serving.rest_paths import Answer
from rest_gateway import HttpListening

POST = b"POST /v1/x HTTP/1.1\r\nHost: x\r\n"
SMALL = Bounds(body_bytes=1000, small_bytes=500, seconds=0.4, connections=4)
SOON = 3.0  # seconds in which a bound of 0.4 s must have shown


@pytest.fixture(scope="module", params=[HttpThread, HttpListening], ids=["embedded", "gateway"])
def running(request):
    """Runs a server of either kind during a block."""

    return lambda answering, bounds=SMALL: stopped(
        request.param(("127.0.0.1", 0), answering, bounds)
    )


@contextmanager
def stopped(server):
    """Stop a server at the end of the block."""
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def port(running):
    """A server that answers with the body that it got."""
    with running(echo) as server:
        yield server.port


def echo(method, target, body, origin):
    return Answer(200, body)


def open_connections(server):
    """Those that the system knows: neither kind of server is asked."""
    found = psutil.Process().net_connections("tcp4")
    accepted = [each for each in found if each.laddr.port == server.port and each.raddr]
    return len([each for each in accepted if each.status == psutil.CONN_ESTABLISHED])


def until(condition):
    end = time.monotonic() + SOON
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    assert condition()


def test_a_connection_is_kept_for_many_requests(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    for body in (b"one", b"", b"three"):
        connection.request("POST", "/v1/x", body)
        response = connection.getresponse()
        assert response.read() == body
        assert not response.will_close
        first = connection.sock
    assert connection.sock is first
    connection.close()


def test_two_requests_in_one_write_get_two_answers(port):
    one = POST + b"Content-Length: 3\r\n"
    received = wire.exchange(port, one + b"\r\none" + one + b"Connection: close\r\n\r\ntwo")
    assert received.count(b"HTTP/1.1 200 OK") == 2
    assert received.endswith(b"two")


def test_a_body_in_chunks_with_extensions_and_trailers_is_read(port):
    head = POST + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    received = wire.exchange(port, head + b"1;note=1\r\na\r\n2\r\nbc\r\n0\r\nTrailer: 1\r\n\r\n")
    assert received.endswith(b"abc")


@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: x\r\n\r\n{}",
        b"Content-Length: -1\r\n\r\n{}",
        b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n-1\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
    ],
    ids=range(6),
)
def test_a_body_of_no_clear_length_is_refused(port, rest):
    assert 400 <= wire.status(wire.exchange(port, POST + rest)) < 500


@pytest.mark.parametrize(
    "sent",
    [
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 20_000,
    ],
    ids=range(4),
)
def test_text_that_is_not_an_http_request_is_400(port, sent):
    assert wire.status(wire.exchange(port, sent)) in {400, 431}


@pytest.mark.parametrize("length", [SMALL.body_bytes + 1, 10**15])
def test_a_body_that_says_it_is_too_large_is_413_before_it_comes(port, length):
    received = wire.exchange(port, POST + b"Content-Length: %d\r\n\r\n" % length)
    assert wire.status(received) == 413


def test_a_client_that_closes_gets_its_refusal_after_a_large_body(port):
    head = POST + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % 10**7
    assert wire.status(wire.exchange(port, head + b" " * 10**7)) == 413


def test_the_largest_body_is_read_and_one_byte_more_is_413(port):
    for more, expected in ((0, 200), (1, 413)):
        size = SMALL.body_bytes + more
        chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (size, b" " * size)
        head = POST + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        assert wire.status(wire.exchange(port, head + chunks)) == expected


def test_large_bodies_that_are_together_too_large_are_503_and_small_ones_have_room(port):
    def sized(size):
        return wire.request("POST", "/v1/x", b" " * size)

    with socket.create_connection(("127.0.0.1", port)) as first:
        first.sendall(POST + b"Content-Length: 700\r\n\r\n" + b" " * 600)
        until(lambda: wire.status(wire.exchange(port, sized(600))) == 503)
        assert wire.status(wire.exchange(port, sized(450))) == 200
    until(lambda: wire.status(wire.exchange(port, sized(600))) == 200)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (gzip.compress(b"x" * SMALL.body_bytes), 200),
        (gzip.compress(b"x" * (SMALL.body_bytes + 1)), 413),
        (gzip.compress(b"x" * 500_000), 413),
        (gzip.compress(b"x" * 500)[:-9], 400),
        (gzip.compress(b"x" * 500) + b"x", 400),
        (gzip.compress(b"x" * 500) * 2, 400),
        (b"x" * 500, 400),
        (b"", 400),
    ],
    ids=["largest", "too large", "bomb", "cut", "more", "two streams", "not gzip", "empty"],
)
def test_a_packed_body_is_held_to_the_size_that_it_has_unpacked(body, status):
    """The gateway passes it on as it is, and checks its keys within the same bound."""
    head = POST + b"Content-Encoding: gzip\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    with stopped(HttpThread(("127.0.0.1", 0), echo, SMALL)) as server:
        assert wire.status(wire.exchange(server.port, head % len(body) + body)) == status


def trickled(port, sent):
    """Send a byte every 50 ms until the server hangs up; what came back, and after how long."""
    start = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=0.05) as connection:
        for place in range(int(SOON / 0.05)):
            try:
                connection.sendall(sent[place : place + 1])
                received = connection.recv(65536)
            except TimeoutError:
                continue
            except OSError:
                received = b""
            return received, time.monotonic() - start
    pytest.fail("the server waits on")


@pytest.mark.parametrize("sent", [b"", b"GET", POST + b"X: " + b"x" * 99], ids=["", "GET", "head"])
def test_a_head_that_trickles_or_does_not_come_is_given_up(port, sent):
    received, seconds = trickled(port, sent)
    assert received == b""
    assert seconds >= SMALL.seconds * 0.9


def test_a_body_that_trickles_is_408(port):
    with socket.create_connection(("127.0.0.1", port), timeout=SOON) as connection:
        connection.sendall(POST + b"Content-Length: 900\r\n\r\n")
        for _ in range(6):
            connection.sendall(b"x")
            time.sleep(0.1)
        assert wire.status(connection.recv(65536)) == 408


def test_an_idle_connection_is_closed_after_an_answer(port):
    received = wire.exchange(port, POST + b"Content-Length: 2\r\n\r\n{}")
    assert wire.status(received) == 200


def test_a_client_that_sends_on_after_a_refusal_is_ended(running):
    with running(lambda *_: Answer(200, b"")) as server:
        connection = socket.create_connection(("127.0.0.1", server.port), timeout=SOON)
        connection.sendall(POST + b"Content-Length: %d\r\n\r\n" % 10**9)
        assert wire.status(connection.recv(65536)) == 413
        start = time.monotonic()
        with pytest.raises(OSError, match=r"reset|pipe"):
            while time.monotonic() - start < SOON:
                connection.sendall(b" " * 65536)
        until(lambda: open_connections(server) == 0)
        connection.close()


@pytest.mark.parametrize("more", [b"", POST + b"Content-Length: 0\r\n\r\n"])
def test_a_client_that_does_not_read_its_answer_is_ended(running, more):
    """Also one that sends another request meanwhile."""
    with running(lambda *_: Answer(200, b" " * 2**24)) as server:
        connection = socket.create_connection(("127.0.0.1", server.port))
        connection.sendall(POST + b"Content-Length: 0\r\n\r\n")
        until(lambda: open_connections(server) == 1)
        connection.sendall(more)
        until(lambda: open_connections(server) == 0)
        connection.close()


def test_clients_that_hang_up_halfway_leave_nothing_behind(running):
    with running(lambda *_: Answer(200, b"")) as server:
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", server.port)) as connection:
                connection.sendall(POST + b"Content-Length: 900\r\n\r\n" + b" " * 800)
        whole = POST + b"Content-Length: 900\r\nConnection: close\r\n\r\n" + b" " * 900
        until(lambda: wire.status(wire.exchange(server.port, whole)) == 200)


def test_beyond_the_bound_of_connections_the_answer_is_503_and_then_there_is_room(running):
    bounds = Bounds(connections=2)
    with running(lambda *_: Answer(200, b""), bounds) as server:
        held = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(2)]
        until(lambda: open_connections(server) == 2)
        assert wire.status(wire.exchange(server.port, b"")) == 503
        for connection in held:
            connection.close()
        until(lambda: open_connections(server) == 0)
        assert wire.status(wire.exchange(server.port, wire.request("GET", "/"))) == 200


def test_the_end_waits_for_an_answer_under_way_and_hangs_up_on_the_idle(running):
    entered, go, received = threading.Event(), threading.Event(), []

    def answering(*_):
        entered.set()
        go.wait(10)
        return Answer(200, b"{}")

    with running(answering, Bounds()) as server:
        idle = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        sent = POST + b"Content-Length: 0\r\n\r\n"
        asking = threading.Thread(target=lambda: received.append(wire.exchange(server.port, sent)))
        asking.start()
        assert entered.wait(5)
        ending = threading.Thread(target=server.stop)
        ending.start()
        assert idle.recv(1) == b""
        assert ending.is_alive()
        go.set()
        asking.join(5)
        ending.join(5)
        assert not ending.is_alive()
        assert wire.status(received[0]) == 200
        idle.close()


def test_a_slow_answer_does_not_keep_the_next_client_waiting(running):
    go = threading.Event()

    def answering(method, target, body, origin):
        if target == "/slow":
            go.wait(10)
        return Answer(200, b"")

    with running(answering, Bounds()) as server:
        slow = socket.create_connection(("127.0.0.1", server.port))
        slow.sendall(wire.request("GET", "/slow"))
        assert wire.status(wire.exchange(server.port, wire.request("GET", "/"))) == 200
        go.set()
        slow.close()
