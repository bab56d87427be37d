"""REST through the gateway, with a model server that does what a test says."""

import gzip
import http.client
import socket
import subprocess
import sys
import threading
import time

import pytest
from rest_asking import BODY, PATH, POST, UUID7, asked, parted, soon

import wire
from rest_gateway import rest_gateway
from upstream_stub import answer, upstream


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


@pytest.mark.parametrize(
    "sent", [gzip.compress(BODY)[:-1], gzip.compress(BODY) + b"x", gzip.compress(BODY) * 2]
)
def test_gzip_that_is_not_one_whole_stream_is_refused_and_logged(sent):
    """The real server refuses it, too."""
    with upstream() as server, rest_gateway(server.port) as gateway:
        status, _, _ = asked(gateway.rest_port, {"Content-Encoding": "gzip"}, sent)
    assert (status, server.asked) == (400, [])
    (logged,) = gateway.log.exchanges
    assert (logged.problem, logged.request) == ("damaged gzip", sent)


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


def test_what_is_still_under_way_at_the_end_is_logged_as_such():
    entered, leave = threading.Semaphore(0), threading.Event()

    def slow(*_):
        entered.release()
        leave.wait(20)

    with upstream(slow) as server, rest_gateway(server.port, drain=0.3) as gateway:
        with socket.create_connection(("127.0.0.1", gateway.rest_port)) as stays:
            with socket.create_connection(("127.0.0.1", gateway.rest_port)) as hangs_up:
                for each in (stays, hangs_up):
                    each.sendall(POST)
                    assert entered.acquire(timeout=5)
            gateway.stop()
            leave.set()
        value = gateway.gateway.metrics.registry.get_sample_value
    found = [(each.status, each.problem, each.request) for each in gateway.log.exchanges]
    assert found == [(503, "gateway ended", BODY)] * 2
    assert min(each.seconds for each in gateway.log.exchanges) > 0.3
    assert value("gateway_problems_total", {"problem": "gateway ended"}) == 2


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
