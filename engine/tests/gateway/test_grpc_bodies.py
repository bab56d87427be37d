"""Bodies of gRPC calls that are large, late, missing or half there: bounded, answered, logged."""

import re
import subprocess
import sys
import time
from pathlib import Path

import grpc
import pytest
from half_sent import DATA, frame, half_sent
from told_server import PREDICT, answer, ask

from gateway_stand_in import gateway
from mainline.gateway import grpc_bodies
from mainline.gateway.grpc_health import CHECK

MIB, END_STREAM = 2**20, 1
GATEWAY = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from gateway_stand_in import Running
from mainline.gateway import grpc_bodies
grpc_bodies.AT_ONCE = int(sys.argv[1])
print(Running("127.0.0.1:9", limits={{"body_bytes": {MIB}}}).start().address, flush=True)
sys.stdin.read()
"""


def resident(process):
    """MiB in memory."""
    said = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", said)[1]) / 1024


def growth(at_once, count):
    """MiB that `count` half-sent bodies of 1 MiB take in a gateway."""
    line = [sys.executable, "-c", GATEWAY, str(at_once)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(line, **pipes) as process:
        port = int(process.stdout.readline().rpartition(":")[2])
        with half_sent(port, 1, 1):
            before = resident(process)
        with half_sent(port, count, MIB) as all_of_them:
            found = resident(process) - before
            sent = sum(each.sent for each in all_of_them) / MIB
        process.stdin.close()
    return found, sent


def test_memory_of_half_sent_bodies_is_bounded():
    """By the number that is read at once; each of the others has a window of 64 KiB."""
    found, sent = growth(8, 80)
    assert found < 8 * 2 + 80 / 16 * 2 + 10
    assert sent < 8 + 80 / 16 + 10
    found, sent = growth(1000, 80)  # without the bound it would be this
    assert sent > 79
    assert found > 70


@pytest.fixture
def few(monkeypatch):
    """Two bodies at once; one has a fifth of a second while others wait."""
    monkeypatch.setattr(grpc_bodies, "AT_ONCE", 2)
    monkeypatch.setattr(grpc_bodies, "LEAST", 0.2)


def test_half_sent_bodies_make_way_for_a_whole_one(server, few):
    with gateway(server.address) as proxy:
        with half_sent(int(proxy.address.rpartition(":")[2]), 5, MIB):
            start = time.monotonic()
            assert ask(proxy)[:2] == (answer(7), "OK")
            assert time.monotonic() - start < 5
            logged = proxy.written.wait(5)  # one of them is still arriving
        late = [(each.status, each.problem, each.request) for each in logged if each.problem]
        assert late == [(8, "body late", b"")] * 4
        assert ask(proxy)[1] == "OK"


def test_a_probe_is_answered_beside_half_sent_bodies(server, few):
    """They hold all turns; without turns of its own, the probe would wait for seconds."""
    server.behave = lambda *_: b"\x08\x01"
    with (
        gateway(server.address) as proxy,
        half_sent(int(proxy.address.rpartition(":")[2]), 30, MIB),
    ):
        start = time.monotonic()
        assert ask(proxy, b"", CHECK, timeout=10)[:2] == (b"\x08\x01", "OK")
        assert time.monotonic() - start < 1


def test_the_body_s_way_is_no_part_of_an_answer_s_time(server):
    with (
        gateway(server.address) as proxy,
        half_sent(int(proxy.address.rpartition(":")[2]), 1, 100) as (half,),
    ):
        time.sleep(0.5)  # beside the half second in which `half_sent` looks on
        half.socket.setblocking(True)
        half.socket.sendall(frame(DATA, END_STREAM, 1, b"\0"))
        (logged,) = proxy.written.wait(1)
    assert logged.status == 0
    assert logged.seconds < 0.9


def test_a_body_has_the_seconds_of_the_settings(server):
    with (
        gateway(server.address, limits={"seconds": 0.3}) as proxy,
        half_sent(int(proxy.address.rpartition(":")[2]), 1, MIB) as (half,),
    ):
        (logged,) = proxy.written.wait(1)
        assert (logged.status, logged.problem) == (8, "body late")
        assert 0.3 <= logged.seconds < 5
        half.go_on()
        assert half.trailers


def test_a_body_that_is_too_large_is_logged(server):
    with gateway(server.address, limits={"body_bytes": 1000}) as proxy:
        metadata = [("x-request-id", "mine"), ("x-caller-namespace", "shop")]
        assert ask(proxy, bytes(1001), metadata=metadata)[1] == "RESOURCE_EXHAUSTED"
        (logged,) = proxy.written.wait(1)
    assert (logged.status, logged.problem, logged.request) == (1, "no whole body", b"")
    assert (logged.request_id, logged.caller) == ("mine", "shop")


def test_a_caller_that_hangs_up_is_logged(server, proxy):
    with half_sent(int(proxy.address.rpartition(":")[2]), 1, MIB):
        pass
    (logged,) = proxy.written.wait(1)
    assert (logged.status, logged.problem) == (1, "no whole body")


@pytest.mark.parametrize(
    ("method", "rows"),
    [
        (PREDICT, [(13, "no body")]),
        ("/tensorflow.serving.ModelService/GetModelStatus", []),
        ("/grpc.health.v1.Health/Check", []),
    ],
)
def test_a_call_without_a_message_is_an_error(server, few, method, rows):
    with gateway(server.address) as proxy, grpc.insecure_channel(proxy.address) as channel:
        with pytest.raises(grpc.RpcError) as wrong:
            channel.stream_unary(method)(iter(()), timeout=10)
        assert wrong.value.code() is grpc.StatusCode.INTERNAL
        logged = [(each.status, each.problem) for each in proxy.written.wait(len(rows))]
    assert (logged, server.asked) == (rows, [])
