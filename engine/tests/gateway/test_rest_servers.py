"""Model servers that hang up, break off, speak no HTTP, or are not there."""

import json

import pytest
from rest_asking import BODY, asked

from mainline.gateway.gateway import MAIN, UNREACHABLE
from rest_gateway import rest_gateway
from upstream_stub import Last, answer, upstream


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nabcde",
        b"HTTP/1.1 200 OK\r\n\r\nabcde",
    ],
    ids=["chunked", "closed after", "to the end"],
)
def test_an_answer_of_any_framing_has_a_length_afterwards(said):
    sent = said if said.startswith(b"HTTP/1.1 200 OK\r\nTransfer") else Last(said)
    with upstream(lambda *_: sent) as server, rest_gateway(server.port) as gateway:
        for _ in range(3):
            status, headers, body = asked(gateway.rest_port)
            assert (status, headers["content-length"], body) == (200, "5", b"abcde")
    assert len(server.asked) == 3


def test_a_kept_connection_that_the_server_closes_costs_no_answer():
    """As when the server has been replaced by one of another version."""

    def replaced(server, head, body):
        server.version, server.said = "8", lambda *_: answer()

    with upstream() as server, rest_gateway(server.port) as gateway:
        assert asked(gateway.rest_port)[1]["x-model-version"] == "7"
        server.said = replaced
        status, headers, _ = asked(gateway.rest_port)
    assert (status, headers["x-model-version"]) == (200, "8")
    assert len(server.asked) == 3
    assert [each.version for each in gateway.log.exchanges] == ["7", "8"]


def test_a_server_that_always_hangs_up_is_asked_twice_at_most():
    with upstream() as server, rest_gateway(server.port) as gateway:
        assert asked(gateway.rest_port)[0] == 200
        server.said = lambda *_: None
        status, _, body = asked(gateway.rest_port)
        assert status == 502
        assert json.loads(body) == {"error": "The model server closed the connection"}
    assert len(server.asked) == 3
    assert gateway.log.exchanges[-1].problem == "the model server closed the connection"


def test_an_answer_that_breaks_off_is_502_and_is_not_asked_for_again():
    cut = answer()[:-5]
    with upstream(lambda *_: Last(cut)) as server, rest_gateway(server.port) as gateway:
        assert asked(gateway.rest_port)[0] == 502
    assert len(server.asked) == 1


def test_what_is_no_http_is_502():
    with upstream(lambda *_: b"SSH-2.0\r\n\r\n") as server, rest_gateway(server.port) as gateway:
        status, _, body = asked(gateway.rest_port)
    assert (status, json.loads(body)) == (502, {"error": "The model server's answer is not HTTP"})


def test_without_a_server_it_is_503_in_one_line_and_is_logged(free_port):
    with rest_gateway(free_port) as gateway:
        status, headers, body = asked(gateway.rest_port)
    assert (status, json.loads(body)) == (503, {"error": "The model server is not reachable"})
    assert "x-model-version" not in headers
    (logged,) = gateway.log.exchanges
    assert (logged.status, logged.version, logged.request) == (503, "", BODY)
    assert logged.problem == UNREACHABLE[MAIN] == "upstream unreachable"
