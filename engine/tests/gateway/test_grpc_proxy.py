"""gRPC through the gateway, in front of a server that does as it is told."""

import threading
import time
from contextlib import ExitStack

import grpc
import pytest
from told_server import PREDICT, answer, ask, holding

from gateway_stand_in import gateway
from mainline.gateway import grpc_calls
from mainline.request_log import messages

RELOAD = "/tensorflow.serving.ModelService/HandleReloadConfigRequest"


def test_the_largest_limits_are_numbers_of_grpc(server):
    with gateway(server.address, limits={"body_bytes": 2**31 - 1, "seconds": 2_147_483}) as proxy:
        assert ask(proxy)[1] == "OK"


def test_bytes_pass_unchanged_and_the_answer_has_id_and_version(server, proxy):
    body = bytes(range(256)) * 10
    found, code, _, _, trailing = ask(proxy, body, metadata=[("x-request-id", "mine")])
    assert (found, code) == (answer(7), "OK")
    assert trailing == {"x-request-id": "mine", "x-model-version": "7"}
    (method, request, metadata, _) = server.asked[0]
    assert (method, request) == (PREDICT, body)
    assert dict(metadata)["x-request-id"] == "mine"


def test_an_exchange_is_logged(proxy):
    metadata = [("x-request-id", "mine"), ("x-entity-key", "a,b"), ("x-caller-namespace", "shop")]
    before = time.time()
    ask(proxy, b"question", metadata=metadata)
    (logged,) = proxy.written.wait(1)
    assert (logged.request, logged.response) == (b"question", answer(7))
    assert (logged.request_id, logged.entity, logged.caller) == ("mine", "a,b", "shop")
    assert (logged.protocol, logged.target, logged.arm) == ("grpc", PREDICT, "main")
    assert (logged.status, logged.problem, logged.version) == (0, "", "7")
    assert logged.digest == "sha256:main"
    assert before <= logged.time <= time.time()
    assert 0 < logged.seconds < 10


def test_an_id_is_made_when_none_is_given(server, proxy):
    trailing = ask(proxy)[-1]
    (logged,) = proxy.written.wait(1)
    assert len(logged.request_id) == 36
    assert trailing["x-request-id"] == logged.request_id
    assert dict(server.asked[0][2])["x-request-id"] == logged.request_id


def test_metadata_passes_both_ways_and_reserved_keys_do_not(server, proxy):
    def behave(request, context):
        context.send_initial_metadata([("early", "1"), ("early-bin", b"\x00\xff")])
        context.set_trailing_metadata([("late", "2"), ("late-bin", b"\xfe"), ("late", "3")])
        return answer(1)

    server.behave = behave
    given = [
        ("traceparent", "00-a-b-01"),
        ("key-bin", b"\x00\x01\xff"),
        ("many", "1"),
        ("many", "2"),
    ]
    *_, initial, trailing = ask(proxy, metadata=given)
    assert initial == {"early": "1", "early-bin": b"\x00\xff"}
    assert trailing["late-bin"] == b"\xfe"
    got = [tuple(pair) for pair in server.asked[0][2]]
    assert [pair for pair in got if pair in given] == given
    assert not {"grpc-timeout", "content-type", "te"} & {key for key, _ in got}
    assert sum(key == "user-agent" for key, _ in got) == 1


@pytest.mark.parametrize("code", [code for code in grpc.StatusCode if code.name != "OK"])
def test_code_details_and_metadata_of_an_error_are_the_servers(server, proxy, code):
    def behave(request, context):
        context.send_initial_metadata([("early", "1")])
        status = [("grpc-status-details-bin", b"\x08\x03"), ("late", "2")]
        context.set_trailing_metadata(status)
        context.abort(code, "details: ünïcode 100%")

    server.behave = behave
    alone, through = ask(server), ask(proxy, metadata=[("x-request-id", "mine")])
    assert through[-1].pop("x-request-id") == "mine"
    assert alone == through
    (logged,) = proxy.written.wait(1)
    assert (logged.status, logged.problem, logged.version) == (code.value[0], "", "")


def test_a_deadline_is_passed_on_and_its_end_is_logged(server, proxy):
    server.behave = lambda request, context: time.sleep(1) or b""
    start = time.monotonic()
    assert ask(proxy, timeout=0.3)[1] == "DEADLINE_EXCEEDED"
    assert time.monotonic() - start < 0.9
    assert 0 < server.asked[0][-1] <= 0.3
    (logged,) = proxy.written.wait(1)
    assert logged.status in {1, 4}


def test_without_a_deadline_the_server_gets_none(server, proxy):
    ask(proxy, timeout=None)
    assert server.asked[0][-1] is None or server.asked[0][-1] > 1e6


def test_a_caller_that_cancels_cancels_at_the_server(server, proxy):
    entered, leave = threading.Event(), threading.Event()

    def behave(request, context):
        entered.set()
        leave.wait(10)
        return b""

    server.behave = behave
    with grpc.insecure_channel(proxy.address) as channel:
        call = channel.unary_unary(PREDICT).future(b"")
        assert entered.wait(10)
        call.cancel()
        assert server.cancelled.wait(10)
        leave.set()
    (logged,) = proxy.written.wait(1)
    assert (logged.status, logged.problem) == (1, "cancelled by the caller")
    counted = {"protocol": "grpc", "arm": "main"}
    assert sample(proxy, "gateway_requests_total", code="4xx", **counted) == 1


@pytest.mark.parametrize(
    "method",
    [
        RELOAD,
        "/tensorflow.serving.PredictionService/MultiInference",
        "/tensorflow.serving.SessionService/SessionRun",
        "/tensorflow.ProfilerService/Profile",
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        "/x",
    ],
)
def test_other_methods_are_unimplemented_and_logged(server, proxy, method):
    assert ask(proxy, method=method)[1] == "UNIMPLEMENTED"
    assert not server.asked
    (logged,) = proxy.written.wait(1)
    assert (logged.target, logged.status, logged.problem) == (method, 12, "not forwarded")


def sample(proxy, name, **labels):
    return proxy.gateway.metrics.registry.get_sample_value(name, labels)


def test_calls_and_scores_are_counted(server, proxy):
    """A score without its shape and type is none."""
    made = messages.PredictResponse()
    made.outputs["score"].dtype = 1
    made.outputs["score"].tensor_shape.dim.add(size=2)
    made.outputs["score"].float_val.extend([0.25, 0.5])
    server.behave = lambda request, context: made.SerializeToString()
    ask(proxy)
    ask(proxy, method=RELOAD)
    proxy.written.wait(2)
    assert sample(proxy, "gateway_score_sum", arm="main") == 0.75
    counted = {"protocol": "grpc", "arm": "main"}
    assert sample(proxy, "gateway_requests_total", code="2xx", **counted) == 1
    assert sample(proxy, "gateway_requests_total", code="5xx", **counted) == 1
    assert sample(proxy, "gateway_problems_total", problem="not forwarded") == 1


def test_questions_about_the_model_pass_and_are_no_rows(server, proxy):
    for method in (
        "/tensorflow.serving.PredictionService/GetModelMetadata",
        "/tensorflow.serving.ModelService/GetModelStatus",
    ):
        assert ask(proxy, method=method)[:2] == (answer(7), "OK")
    assert len(server.asked) == 2
    assert not proxy.written.exchanges


def test_a_body_beyond_the_bound_is_refused_and_answers_have_no_bound(server):
    server.behave = lambda request, context: bytes(8 * 2**20)
    with gateway(server.address, limits={"body_bytes": 5 * 2**20}) as proxy:
        assert ask(proxy, bytes(5 * 2**20 + 1))[1] == "RESOURCE_EXHAUSTED"
        assert not server.asked
        assert ask(proxy, bytes(5 * 2**20))[:2] == (bytes(8 * 2**20), "OK")


@pytest.mark.parametrize(
    ("requests", "body"), [(1, b""), (1000, bytes(600))], ids=["calls", "bytes"]
)
def test_calls_beyond_what_is_held_are_refused_and_logged(server, monkeypatch, requests, body):
    monkeypatch.setattr(grpc_calls, "HELD", 1)
    entered, leave = holding(server)
    with (
        gateway(server.address, limits={"body_bytes": 1000, "requests": requests}) as proxy,
        grpc.insecure_channel(proxy.address) as channel,
    ):
        first = channel.unary_unary(PREDICT).future(body, timeout=20)
        assert entered.wait(10)
        assert ask(proxy, body)[1] == "RESOURCE_EXHAUSTED"
        leave.set()
        assert first.result() == answer(7)
        assert ask(proxy, body)[1] == "OK"
        logged = [(each.status, each.problem) for each in proxy.written.wait(3)]
    assert sorted(logged) == [(0, ""), (0, ""), (8, "too many calls")]


def test_calls_at_once_are_bounded_over_all_connections(server):
    entered, leave = threading.Semaphore(0), threading.Event()

    def behave(request, context):
        entered.release()
        leave.wait(10)
        return answer(7)

    server.behave = behave
    with ExitStack() as stack:
        proxy = stack.enter_context(gateway(server.address, limits={"requests": 2}))
        calls = []
        for _ in range(2):
            channel = stack.enter_context(grpc.insecure_channel(proxy.address))
            calls.append(channel.unary_unary(PREDICT).future(b"", timeout=20))
            assert entered.acquire(timeout=10)
        assert ask(proxy)[1] == "RESOURCE_EXHAUSTED"
        leave.set()
        assert [each.result() for each in calls] == [answer(7)] * 2
        assert ask(proxy)[1] == "OK"


def test_bytes_that_are_no_message_pass(server, proxy):
    """The server says what is wrong with them."""
    server.behave = lambda request, context: b"\xff\xff"
    found, code, *_, trailing = ask(proxy, b"\xff")
    assert (found, code) == (b"\xff\xff", "OK")
    assert "x-model-version" not in trailing
