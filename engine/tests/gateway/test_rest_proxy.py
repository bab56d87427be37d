"""REST through the gateway, with a model server that does what a test says."""

import gzip
import http.client
import json
import re
import socket
import subprocess
import sys
import threading
import time

import pytest

import wire
from mainline.gateway import rest_proxy
from rest_gateway import rest_gateway
from upstream_stub import Last, answer, upstream

PATH = "/v1/models/tiny:predict"
BODY = b'{"instances": [{"age": 1.0}]}'
POST = wire.request("POST", PATH, BODY)
UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def parted(received):
    """Status, headers and body."""
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(first.split()[1]), headers, body


def asked(port, headers=(), body=BODY):
    return parted(wire.exchange(port, wire.request("POST", PATH, body, headers)))


def soon(condition, seconds=5.0):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_prediction_goes_on_and_comes_back_unchanged_and_is_logged():
    with upstream() as server, rest_gateway(server.port) as gateway:
        given = {"X-Request-ID": "mine", "X-Entity-Key": "c1,c2", "x-caller-namespace": "shop"}
        status, headers, body = asked(gateway.rest_port, given)
    assert (status, body) == (200, b'{"predictions": [0.25]}')
    assert (headers["x-request-id"], headers["x-model-version"]) == ("mine", "7")
    ((head, sent),) = server.asked
    assert sent == BODY
    assert b"\r\nX-Entity-Key: c1,c2\r\n" in head
    (logged,) = gateway.log.exchanges
    assert (logged.request, logged.response, logged.status, logged.arm) == (BODY, body, 200, "main")
    assert (logged.request_id, logged.entity, logged.caller) == ("mine", "c1,c2", "shop")
    assert (logged.version, logged.digest, logged.problem) == ("7", "sha256:main", "")
    assert 0 < logged.seconds < 5
    assert abs(logged.time - time.time()) < 60
    assert gateway.log.signatures == {"7": b'{"metadata": {}}'}


@pytest.mark.parametrize("given", ["", "x" * 129, "with space", "\xe4"])
def test_an_id_that_is_missing_or_odd_becomes_one_of_ours(given):
    with upstream() as server, rest_gateway(server.port) as gateway:
        _, headers, _ = asked(gateway.rest_port, {"x-request-id": given} if given else {})
    assert UUID7.fullmatch(headers["x-request-id"])


def test_headers_of_a_connection_stay_and_all_others_go_on():
    said = (
        b"X-Kept: a\r\nx-kept: b\r\nKeep-Alive: timeout=5\r\nConnection: keep-alive, x-own\r\n"
        b"X-Own: 1\r\nX-Request-Id: of the server\r\n"
    )
    sent = {
        "Connection": "close, x-mine",
        "X-Mine": "1",
        "TE": "trailers",
        "Keep-Alive": "1",
        "Proxy-Connection": "keep-alive",
        "Expect": "100-continue",
        "Accept-Encoding": "gzip",
        "Authorization": "Bearer x",
    }
    with upstream(lambda *_: answer(headers=said)) as server, rest_gateway(server.port) as gateway:
        received = wire.exchange(gateway.rest_port, wire.request("POST", PATH, BODY, sent))
    head = server.asked[0][0].decode()
    names = {line.partition(":")[0].lower() for line in head.split("\r\n")[1:]}
    assert names == {"host", "accept-encoding", "authorization", "content-length"}
    assert received.startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
    back = received.partition(b"\r\n\r\n")[2].partition(b"\r\n\r\n")[0]
    assert back.lower().count(b"x-kept: ") == 2
    assert b"x-own" not in back.lower()
    assert b"keep-alive" not in back.lower()
    assert b"of the server" not in back


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
    assert logged.problem == "the model server is not reachable"


def test_a_duplicate_key_is_refused_without_its_value_and_is_logged():
    body = b'{"instances": [{"age": 41.5, "age": 1}]}'
    for packed, sent in (("", body), ("gzip", gzip.compress(body)), ("GZIP", gzip.compress(body))):
        with upstream() as server, rest_gateway(server.port) as gateway:
            headers = {"Content-Encoding": packed} if packed else {}
            status, _, answered = asked(gateway.rest_port, headers, sent)
        assert (status, server.asked) == (400, [])
        assert b"41.5" not in answered
        (logged,) = gateway.log.exchanges
        assert (logged.problem, logged.request, logged.encoding) == ("duplicate key", sent, packed)


def test_a_large_body_passes_and_others_are_answered_meanwhile():
    row = '{"age": 1.0, "city": "ulm"}'
    large = f'{{"instances": [{", ".join([row] * 370_000)}]}}'.encode()
    assert len(large) > 10**7
    with upstream() as server, rest_gateway(server.port) as gateway:
        answered = []
        sending = threading.Thread(
            target=lambda: answered.append(asked(gateway.rest_port, body=large))
        )
        sending.start()
        slowest = 0.0
        while sending.is_alive():
            start = time.monotonic()
            assert asked(gateway.rest_port)[0] == 200
            slowest = max(slowest, time.monotonic() - start)
        sending.join()
    assert answered[0][0] == 200
    assert slowest < 1.0
    assert max(len(body) for _, body in server.asked) == len(large)


def test_brackets_in_brackets_end_nothing():
    for body, expected in ((b"[" * 10_000, 200), (b"[" * 100_000, 400)):
        with upstream() as server, rest_gateway(server.port) as gateway:
            assert asked(gateway.rest_port, body=body)[0] == expected
            assert asked(gateway.rest_port)[0] == 200


def test_thousands_of_idle_connections_leave_room_for_one_that_asks():
    with upstream() as server, rest_gateway(server.port) as gateway:
        idle = [socket.create_connection(("127.0.0.1", gateway.rest_port)) for _ in range(2000)]
        start = time.monotonic()
        assert asked(gateway.rest_port)[0] == 200
        assert time.monotonic() - start < 2
        for connection in idle:
            connection.close()
        assert asked(gateway.rest_port)[0] == 200


def test_more_clients_than_connections_to_the_server_all_get_an_answer():
    def slow(*_):
        time.sleep(0.05)
        return answer()

    with upstream(slow) as server, rest_gateway(server.port) as gateway:
        found = []
        asking = [
            threading.Thread(target=lambda: found.append(asked(gateway.rest_port)[0]))
            for _ in range(100)
        ]
        for each in asking:
            each.start()
        for each in asking:
            each.join()
    assert found == [200] * 100
    assert server.most <= 48
    assert len(gateway.log.exchanges) == 100


def test_a_client_that_has_said_all_still_gets_its_answer():
    with upstream() as server, rest_gateway(server.port) as gateway:
        connection = socket.create_connection(("127.0.0.1", gateway.rest_port), timeout=5)
        connection.sendall(POST.replace(b"Connection: close\r\n", b""))
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while data := connection.recv(65536):
            received += data
        connection.close()
    assert parted(received)[0] == 200


def test_a_client_that_offers_another_protocol_is_answered_in_this_one():
    """As Java's HttpClient does by default."""
    with upstream() as server, rest_gateway(server.port) as gateway:
        connection = http.client.HTTPConnection("127.0.0.1", gateway.rest_port, timeout=5)
        offered = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "A"}
        for headers in (offered, {}, offered):
            connection.request("POST", PATH, BODY, headers)
            response = connection.getresponse()
            assert (response.status, response.read()) == (200, b'{"predictions": [0.25]}')
        connection.close()
    assert len(server.asked) == 3
    assert b"h2c" not in server.asked[0][0]


def test_a_client_that_hangs_up_is_logged_and_harms_nothing():
    def slow(*_):
        time.sleep(0.2)
        return answer()

    with upstream(slow) as server, rest_gateway(server.port) as gateway:
        with socket.create_connection(("127.0.0.1", gateway.rest_port)) as connection:
            connection.sendall(POST)
        soon(lambda: gateway.log.exchanges)
        assert asked(gateway.rest_port)[0] == 200
    assert [each.status for each in gateway.log.exchanges] == [200, 200]


def test_the_end_finishes_what_is_under_way():
    entered = threading.Event()

    def slow(*_):
        entered.set()
        time.sleep(0.3)
        return answer()

    with upstream(slow) as server, rest_gateway(server.port) as gateway:
        found = []
        asking = threading.Thread(target=lambda: found.append(asked(gateway.rest_port)))
        asking.start()
        assert entered.wait(5)
        gateway.stop()
        asking.join()
    assert found[0][0] == 200
    assert found[0][1]["connection"] == "close"
    assert len(gateway.log.exchanges) == 1


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


def test_of_a_header_given_twice_the_first_counts_as_over_grpc():
    head = (
        "POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n"
        "X-Request-Id: one\r\nX-Request-Id: two\r\nX-Entity-Key: \u00fclm\r\n"
        "X-Entity-Key: b\r\nX-Caller-Namespace: shop\r\nx-caller-namespace: other\r\n\r\n"
    )
    with upstream() as server, rest_gateway(server.port) as gateway:
        wire.exchange(gateway.rest_port, (head % (PATH, len(BODY))).encode() + BODY)
        asked(gateway.rest_port, {"X-Entity-Key": "\xfclm"})  # in latin-1
    first, second = gateway.log.exchanges
    assert (first.request_id, first.entity, first.caller) == ("one", "\u00fclm", "shop")
    assert second.entity == "\ufffdlm"


def test_a_trailer_is_no_header():
    sent = (
        f"POST {PATH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx-caller-namespace: forged\r\n\r\n"
    )
    with upstream() as server, rest_gateway(server.port) as gateway:
        assert wire.status(wire.exchange(gateway.rest_port, sent.encode())) == 200
    assert b"forged" not in server.asked[0][0]
    assert [each.caller for each in gateway.log.exchanges] == [""]


def test_gzip_among_several_encodings_is_unpacked_for_the_check():
    twice = gzip.compress(b'{"instances": [{"age": 1, "age": 2}]}')
    lines = b"Content-Encoding: gzip\r\nContent-Encoding: identity\r\n\r\n"
    sent = wire.request("POST", PATH, twice).replace(b"\r\n\r\n", b"\r\n" + lines, 1)
    with upstream() as server, rest_gateway(server.port) as gateway:
        assert parted(wire.exchange(gateway.rest_port, sent))[0] == 400
    assert not server.asked
    assert gateway.log.exchanges[0].encoding == "gzip, identity"


def test_figures_count_codes_problems_times_and_scores():
    with upstream() as server, rest_gateway(server.port) as gateway:
        asked(gateway.rest_port)
        asked(gateway.rest_port, body=b'{"a": 1, "a": 2}')
        wire.exchange(gateway.rest_port, wire.request("GET", "/v1/models/tiny"))
        value = gateway.gateway.metrics.registry.get_sample_value
    rest = {"protocol": "rest", "arm": "main"}
    assert value("gateway_requests_total", rest | {"code": "2xx"}) == 2
    assert value("gateway_requests_total", rest | {"code": "4xx"}) == 1
    assert value("gateway_problems_total", {"problem": "duplicate key"}) == 1
    assert value("gateway_request_seconds_count", rest) == 2
    assert value("gateway_score_bucket", {"arm": "main", "le": "0.25"}) == 1
    assert value("gateway_score_bucket", {"arm": "main", "le": "0.2"}) == 0


def test_the_process_loads_no_tensorflow_and_no_array_library():
    program = "import sys, mainline.gateway.start; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    heavy = {"tensorflow", "tensorflow_serving", "keras", "numpy", "pandas", "pyarrow", "fastapi"}
    assert not heavy & set(done.stdout.split())


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]
