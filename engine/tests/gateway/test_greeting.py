"""Signatures for the log, also when all callers use gRPC."""

import time

import pytest

from mainline.gateway import greeting
from mainline.gateway.gateway import CHALLENGER, MAIN, SHADOW
from mainline.request_log.exchange import Exchange
from rest_gateway import rest_gateway
from upstream_stub import Handler, answer, upstream

METADATA = b'{"metadata": {}}'


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(greeting, "PAUSE", 0.02)


def soon(condition, seconds=5.0):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def answered(version, arm=MAIN):
    """As the gRPC side hands it to the log."""
    return Exchange(0, "id", "grpc", "", arm, 0, "", 0, version, "", "", "", "", b"", b"")


def test_each_arm_is_greeted_at_the_start_without_any_request():
    with (
        upstream() as main,
        upstream(version="9") as other,
        rest_gateway(main.port, challenger=other.port) as gateway,
    ):
        soon(lambda: gateway.log.signatures == {"7": METADATA, "9": METADATA})


def test_a_server_that_is_not_there_yet_is_greeted_when_it_is():
    with upstream() as gone:
        port = gone.port
    with rest_gateway(port) as gateway:
        time.sleep(0.2)
        assert not gateway.log.signatures
        with upstream(port=port):
            soon(lambda: gateway.log.signatures == {"7": METADATA})


def test_metadata_that_cannot_be_had_at_first_is_asked_for_again(monkeypatch):
    of_model, failed = Handler.of_model, []

    def said(handler, head):
        if b"/metadata" in head and len(failed) < 3:
            failed.append(head)
            return answer(b"{}", status="503 Service Unavailable")
        return of_model(handler, head)

    monkeypatch.setattr("upstream_stub.Handler.of_model", said)
    with upstream() as main, rest_gateway(main.port) as gateway:
        soon(lambda: gateway.log.signatures == {"7": METADATA})
    assert len(failed) == 3


@pytest.mark.parametrize("arm", [MAIN, CHALLENGER, SHADOW])
def test_a_version_that_an_answer_names_gets_its_signature(monkeypatch, arm):
    of_model, heads = Handler.of_model, []
    monkeypatch.setattr(
        "upstream_stub.Handler.of_model",
        lambda handler, head: heads.append((handler.server, head)) or of_model(handler, head),
    )
    with (
        upstream() as main,
        upstream(version="9") as other,
        rest_gateway(main.port, challenger=other.port) as gateway,
    ):
        soon(lambda: len(gateway.log.signatures) == 2)
        gateway.gateway.written(answered("11", arm))
        soon(lambda: gateway.log.signatures.get("11") == METADATA)
        gateway.gateway.written(answered("11", arm))
        time.sleep(0.1)
        asked = [server for server, head in heads if b"/versions/11/metadata" in head]
        assert asked == [main if arm == MAIN else other]


def test_a_version_that_the_server_does_not_know_is_asked_once_for_each_answer(monkeypatch):
    of_model, failed = Handler.of_model, []

    def said(handler, head):
        if b"/versions/11/" in head:
            failed.append(head)
            return answer(b"{}", status="404 Not Found")
        return of_model(handler, head)

    monkeypatch.setattr("upstream_stub.Handler.of_model", said)
    with upstream() as main, rest_gateway(main.port) as gateway:
        gateway.gateway.written(answered("11"))
        soon(lambda: failed)
        time.sleep(0.2)
    assert len(failed) == 1
    assert "11" not in gateway.log.signatures
