"""Who answers over REST: the main server, a challenger, or both."""

import asyncio
import socket
import threading
import time

import pytest
from rest_asking import BODY, PATH, asked, soon

import wire
from mainline.gateway import rest_proxy
from mainline.gateway.duplicate_keys import Verdict
from rest_gateway import rest_gateway
from upstream_stub import answer, upstream


def test_a_split_sends_its_share_to_the_challenger_and_back_when_that_is_gone(free_port):
    routes = {"split": {"by": "header"}}
    with upstream() as main, upstream(version="9") as other:
        with rest_gateway(main.port, challenger=other.port, routes=routes) as gateway:
            _, headers, _ = asked(gateway.rest_port, {"x-arm": "challenger"})
            assert headers["x-model-version"] == "9"
            assert asked(gateway.rest_port)[1]["x-model-version"] == "7"
        with rest_gateway(main.port, challenger=free_port, routes=routes) as alone:
            assert asked(alone.rest_port, {"x-arm": "challenger"})[1]["x-model-version"] == "7"
    found = [(each.arm, each.version, each.digest) for each in gateway.log.exchanges]
    assert found == [("challenger", "9", "sha256:challenger"), ("main", "7", "sha256:main")]
    (logged,) = alone.log.exchanges
    assert (logged.arm, logged.status, logged.problem) == ("main", 200, "challenger unreachable")


def test_a_copy_goes_to_the_challenger_and_its_answer_into_the_log_alone():
    with (
        upstream() as main,
        upstream(lambda *_: answer(b"{}"), version="9") as other,
        rest_gateway(main.port, challenger=other.port, routes={"shadow": 1.0}) as gateway,
    ):
        assert asked(gateway.rest_port)[2] == b'{"predictions": [0.25]}'
        soon(lambda: len(gateway.log.exchanges) == 2)
    found = {each.arm: each for each in gateway.log.exchanges}
    assert (found["shadow"].response, found["shadow"].version) == (b"{}", "9")
    assert found["shadow"].request_id == found["main"].request_id
    assert other.asked[0][1] == main.asked[0][1] == BODY


def test_the_time_of_an_answer_begins_for_both_arms_when_the_request_is_whole():
    head = wire.request("POST", PATH, BODY)
    with (
        upstream() as main,
        upstream(version="9") as other,
        rest_gateway(main.port, challenger=other.port, routes={"shadow": 1.0}) as gateway,
        socket.create_connection(("127.0.0.1", gateway.rest_port), timeout=10) as caller,
    ):
        caller.sendall(head[:-1])
        time.sleep(1)
        caller.sendall(head[-1:])
        assert caller.recv(1000).startswith(b"HTTP/1.1 200")
        soon(lambda: len(gateway.log.exchanges) == 2)
    assert max(each.seconds for each in gateway.log.exchanges) < 0.9


def test_the_time_of_an_answer_has_that_of_the_check_for_both_arms(monkeypatch):
    async def slow(*_, **__):
        await asyncio.sleep(0.3)
        return Verdict.FINE

    monkeypatch.setattr(rest_proxy.BodyCheck, "judged", slow)
    with (
        upstream() as main,
        upstream(version="9") as other,
        rest_gateway(main.port, challenger=other.port, routes={"shadow": 1.0}) as gateway,
    ):
        asked(gateway.rest_port)
        soon(lambda: len(gateway.log.exchanges) == 2)
    assert min(each.seconds for each in gateway.log.exchanges) > 0.3


@pytest.mark.parametrize("named", ["versions/7", "labels/stable"])
def test_what_names_a_version_is_not_copied(named):
    path = PATH.replace(":", f"/{named}:")
    with (
        upstream() as main,
        upstream(version="9") as other,
        rest_gateway(main.port, challenger=other.port, routes={"shadow": 1.0}) as gateway,
    ):
        wire.exchange(gateway.rest_port, wire.request("POST", path, BODY))
        asked(gateway.rest_port)
        soon(lambda: len(gateway.log.exchanges) == 3)
    assert sorted(each.arm for each in gateway.log.exchanges) == ["main", "main", "shadow"]
    assert len(other.asked) == 1


@pytest.mark.parametrize("named", ["versions/7", "labels/stable"])
def test_who_names_a_version_or_a_label_is_answered_by_the_main_server(named):
    """The challenger has versions of its own, and would say 404."""
    path = PATH.replace(":", f"/{named}:")
    with upstream() as main, upstream(version="9") as other:
        routes = {"split": {"by": "weight", "share": 1.0}}
        with rest_gateway(main.port, challenger=other.port, routes=routes) as gateway:
            wire.exchange(gateway.rest_port, wire.request("POST", path, BODY))
            asked(gateway.rest_port)
    assert (len(main.asked), len(other.asked)) == (1, 1)
    assert [each.arm for each in gateway.log.exchanges] == ["main", "challenger"]


def test_a_copy_waits_for_the_answer_and_there_is_none_without_one():
    entered, leave = threading.Event(), threading.Event()

    def slow(*_):
        entered.set()
        leave.wait(10)
        return answer()

    with (
        upstream(slow) as main,
        upstream(version="9") as other,
        rest_gateway(main.port, challenger=other.port, routes={"shadow": 1.0}) as gateway,
    ):
        asking = threading.Thread(target=asked, args=(gateway.rest_port,))
        asking.start()
        assert entered.wait(10)
        time.sleep(0.2)
        assert not other.asked
        leave.set()
        asking.join()
        soon(lambda: len(gateway.log.exchanges) == 2)
        main.said = lambda *_: b"no HTTP"
        assert asked(gateway.rest_port)[0] == 502
    assert [each.arm for each in gateway.log.exchanges] == ["main", "shadow", "main"]
    assert len(other.asked) == 1


@pytest.mark.parametrize("kept", [False, True], ids=["from the start", "on a kept connection"])
def test_a_challenger_that_hangs_costs_one_wait(monkeypatch, kept):
    monkeypatch.setattr(rest_proxy, "SECONDS", 0.5)
    leave, arm = threading.Event(), {"x-arm": "challenger"}
    with upstream() as main, upstream(version="9") as other:
        routes = {"split": {"by": "header"}}
        with rest_gateway(main.port, challenger=other.port, routes=routes) as gateway:
            if kept:
                assert asked(gateway.rest_port, arm)[1]["x-model-version"] == "9"
            other.said = lambda *_: leave.wait(20) and None
            start = time.monotonic()
            for _ in range(8):
                assert asked(gateway.rest_port, arm)[1]["x-model-version"] == "7"
            assert time.monotonic() - start < 3
            assert len(other.asked) == kept + 1
            leave.set()
    found = gateway.log.exchanges[kept:]
    assert {(each.arm, each.problem) for each in found} == {("main", "challenger unreachable")}
