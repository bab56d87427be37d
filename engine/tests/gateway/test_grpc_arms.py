"""Shadow and split over gRPC, with a challenger that is well, slow, wrong or dead."""

import socket
import threading
import time

import grpc
import pytest
from told_server import PREDICT, Server, answer, ask, listening

from gateway_stand_in import gateway
from mainline.request_log import messages


@pytest.fixture
def main():
    with listening(Server(1)) as running:
        yield running


@pytest.fixture
def challenger():
    with listening(Server(2)) as running:
        yield running


@pytest.fixture
def dead(free_port):
    return f"127.0.0.1:{free_port}"


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def arms(proxy, count):
    return sorted((each.arm, each.version) for each in proxy.written.wait(count))


def test_a_copy_is_asked_and_logged_and_changes_nothing(main, challenger):
    with gateway(main.address, challenger.address, routes={"shadow": 1.0}) as proxy:
        found, _, _, _, trailing = ask(proxy, b"q", metadata=[("x-request-id", "mine")])
        assert (found, trailing["x-model-version"]) == (answer(1), "1")
        assert arms(proxy, 2) == [("main", "1"), ("shadow", "2")]
    (copy,) = [each for each in proxy.written.exchanges if each.arm == "shadow"]
    assert (copy.request, copy.response) == (b"q", answer(2))
    assert (copy.request_id, copy.digest) == ("mine", "sha256:challenger")
    (method, request, metadata, seconds) = challenger.asked[0]
    assert (method, request, dict(metadata)["x-request-id"]) == (PREDICT, b"q", "mine")
    assert seconds < 11


def test_without_a_share_the_challenger_gets_nothing(main, challenger):
    with gateway(main.address, challenger.address) as proxy:
        ask(proxy)
    assert not challenger.asked


def test_a_slow_challenger_delays_nothing_and_copies_beyond_the_bound_are_counted(
    main, challenger, monkeypatch
):
    monkeypatch.setattr("mainline.gateway.shadow.COPIES", 3)
    leave = threading.Event()
    challenger.behave = lambda request, context: leave.wait(20) and b""
    with gateway(main.address, challenger.address, routes={"shadow": 1.0}) as proxy:
        start = time.monotonic()
        assert {ask(proxy)[0] for _ in range(10)} == {answer(1)}
        assert time.monotonic() - start < 10
        assert proxy.gateway.shadow.dropped == 7
        leave.set()
        found = arms(proxy, 13)
        assert [arm for arm, _ in found].count("shadow") == 3


def test_a_dead_challenger_changes_nothing(main, dead):
    with gateway(main.address, dead, routes={"shadow": 1.0}) as proxy:
        assert ask(proxy)[:2] == (answer(1), "OK")
        assert arms(proxy, 2) == [("main", "1"), ("shadow", "")]
    (copy,) = [each for each in proxy.written.exchanges if each.arm == "shadow"]
    assert (copy.status, copy.problem) == (14, "challenger unreachable")


def test_copies_that_are_left_when_the_gateway_ends_are_answered(main, challenger):
    challenger.behave = lambda request, context: time.sleep(0.5) or answer(2)
    with gateway(main.address, challenger.address, routes={"shadow": 1.0}) as proxy:
        ask(proxy)
    assert arms(proxy, 2) == [("main", "1"), ("shadow", "2")]


def test_copies_that_take_too_long_at_the_end_are_given_up(main, challenger):
    leave = threading.Event()
    challenger.behave = lambda request, context: leave.wait(20) and b""
    with gateway(
        main.address, challenger.address, drain_seconds=0.2, routes={"shadow": 1.0}
    ) as proxy:
        ask(proxy)
        start = time.monotonic()
    leave.set()
    assert time.monotonic() - start < 5
    assert arms(proxy, 1) == [("main", "1")]
    assert proxy.gateway.shadow.dropped == 1


def test_a_split_by_header_is_answered_by_the_challenger(main, challenger):
    with gateway(main.address, challenger.address, routes={"split": {"by": "header"}}) as proxy:
        assert ask(proxy, metadata=[("x-arm", "challenger")])[0] == answer(2)
        assert ask(proxy, metadata=[("x-arm", "main")])[0] == answer(1)
        assert ask(proxy)[0] == answer(1)
        assert arms(proxy, 3) == [("challenger", "2"), ("main", "1"), ("main", "1")]
    assert {each.arm: each.digest for each in proxy.written.exchanges} == {
        "main": "sha256:main",
        "challenger": "sha256:challenger",
    }


def test_a_split_by_entity_is_stable(main, challenger):
    split = {"by": "entity", "share": 0.5}
    with gateway(main.address, challenger.address, routes={"split": split}) as proxy:
        keys = [f"customer-{number}" for number in range(8)] * 2
        found = [ask(proxy, metadata=[("x-entity-key", key)])[0] for key in keys]
        chosen = [proxy.gateway.routes.choose(key, "", "") for key in keys]
    assert found == [answer(2) if arm == "challenger" else answer(1) for arm in chosen]
    assert found[:8] == found[8:]
    assert set(found) == {answer(1), answer(2)}


HEADER = [("x-arm", "challenger")]


@pytest.mark.parametrize("named", [{"version": {"value": 1}}, {"version_label": "stable"}, {}])
def test_who_names_a_version_or_a_label_is_answered_by_the_main_server(main, challenger, named):
    body = messages.PredictRequest(model_spec={"name": "tiny", **named})
    body.inputs["age"].float_val.append(1.0)
    with gateway(main.address, challenger.address, routes={"split": {"by": "header"}}) as proxy:
        found = ask(proxy, body.SerializeToString(), metadata=HEADER)[0]
        assert found == (answer(1) if named else answer(2))
        assert arms(proxy, 1) == [("main", "1") if named else ("challenger", "2")]


@pytest.mark.parametrize("code", ["INVALID_ARGUMENT", "INTERNAL", "NOT_FOUND"])
def test_an_error_of_the_challenger_is_the_answer(main, challenger, code):
    """The challenger is what the caller asked; main would hide what it does wrong."""
    challenger.behave = lambda request, context: context.abort(grpc.StatusCode[code], "no")
    with gateway(main.address, challenger.address, routes={"split": {"by": "header"}}) as proxy:
        assert ask(proxy, metadata=HEADER)[1:3] == (code, "no")
        assert arms(proxy, 1) == [("challenger", "")]


def test_main_answers_for_a_dead_challenger_and_the_log_says_so(main, dead):
    with gateway(main.address, dead, routes={"split": {"by": "header"}}) as proxy:
        start = time.monotonic()
        assert [ask(proxy, metadata=HEADER)[0] for _ in range(5)] == [answer(1)] * 5
        assert time.monotonic() - start < 5
        assert arms(proxy, 5) == [("main", "1")] * 5
    assert {(each.status, each.problem, each.digest) for each in proxy.written.exchanges} == {
        (0, "challenger unreachable", "sha256:main")
    }


def test_a_challenger_that_accepts_connections_and_says_nothing_costs_one_wait(main):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = f"127.0.0.1:{mute.getsockname()[1]}"
        with gateway(main.address, address, routes={"split": {"by": "header"}}) as proxy:
            ask(proxy, metadata=HEADER)
            for _ in range(10):
                start = time.monotonic()
                assert ask(proxy, metadata=HEADER)[0] == answer(1)
                assert time.monotonic() - start < 0.9
                time.sleep(0.1)


def test_a_challenger_that_takes_calls_and_never_answers_costs_one_wait(
    main, challenger, monkeypatch
):
    over = threading.Event()
    challenger.behave = lambda *_: over.wait(20)
    monkeypatch.setattr("mainline.gateway.grpc_calls.SECONDS", 0.5)
    with gateway(main.address, challenger.address, routes={"split": {"by": "header"}}) as proxy:
        start = time.monotonic()
        assert [ask(proxy, metadata=HEADER)[0] for _ in range(5)] == [answer(1)] * 5
        assert time.monotonic() - start < 2  # one wait of half a second
        over.set()
        assert arms(proxy, 5) == [("main", "1")] * 5


@pytest.mark.parametrize("named", [{"version": {"value": 1}}, {"version_label": "stable"}])
def test_what_names_a_version_is_not_copied(main, challenger, named):
    body = messages.PredictRequest(model_spec={"name": "tiny", **named})
    body.inputs["age"].float_val.append(1.0)
    with gateway(main.address, challenger.address, routes={"shadow": 1.0}) as proxy:
        ask(proxy, body.SerializeToString())
        ask(proxy, b"q")
        assert arms(proxy, 3) == [("main", "1"), ("main", "1"), ("shadow", "2")]
    assert [request for _, request, _, _ in challenger.asked] == [b"q"]


def test_nothing_is_copied_where_main_gave_no_answer(dead, challenger):
    with gateway(dead, challenger.address, routes={"shadow": 1.0}) as proxy:
        ask(proxy)
        assert arms(proxy, 1) == [("main", "")]
    assert not challenger.asked


def test_a_challenger_that_is_back_answers_again(main, free_port):
    with gateway(
        main.address, f"127.0.0.1:{free_port}", routes={"split": {"by": "header"}}
    ) as proxy:
        assert ask(proxy, metadata=HEADER)[0] == answer(1)
        with listening(Server(2), free_port):
            until = time.monotonic() + 5
            while ask(proxy, metadata=HEADER)[0] != answer(2):
                assert time.monotonic() < until
                time.sleep(0.1)


def test_a_challenger_that_dies_under_a_call_is_no_error(main, challenger):
    """A prediction changes nothing, so main is asked the same."""
    challenger.behave = lambda request, context: context.abort(grpc.StatusCode.UNAVAILABLE, "bye")
    with gateway(main.address, challenger.address, routes={"split": {"by": "header"}}) as proxy:
        assert ask(proxy, metadata=HEADER)[0] == answer(1)
        assert arms(proxy, 1) == [("main", "1")]
