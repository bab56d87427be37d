"""Thousands of idle connections, and more requests at once than there is room for."""

import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest
import yaml
from rest_asking import BODY, PATH, asked, parted, soon

import wire
from mainline.gateway import open_files
from mainline.serving import ports
from rest_gateway import rest_gateway
from upstream_stub import answer, upstream

ROOT = Path(__file__).parents[3]
SETTINGS = ROOT / "k8s/settings/gateway/settings.yaml"
KEPT = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(BODY)}\r\n\r\n".encode() + BODY
MOST = 150 * 2**20  # bytes of memory
SLOW = 2.0  # seconds


@contextmanager
def started(server, folder):
    """The command with the cluster's settings and the soft limit of files that containers have."""
    rest, grpc, metrics = (ports.free("127.0.0.1") for _ in range(3))
    line = [sys.executable, "-m", "mainline.cli.main", "gateway", "--name=tiny"]
    line += [f"--rest-port={rest}", f"--grpc-port={grpc}", f"--metrics-port={metrics}"]
    line += [f"--upstream-rest=http://127.0.0.1:{server.port}", f"--settings={SETTINGS}"]
    line += [f"--spool={folder / 'spool'}", f"--store={folder / 'store'}"]
    limited = ["sh", "-c", 'ulimit -Sn 1024; exec "$@"', "sh", *line]
    with subprocess.Popen(limited, stdout=subprocess.DEVNULL) as process:
        try:
            yield process, rest, metrics
        finally:
            process.terminate()


def figures(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answered:
        return answered.read().decode()


def opened(port):
    try:
        return socket.create_connection(("127.0.0.1", port), timeout=10)
    except OSError:
        return None


def test_the_idle_connections_of_a_cluster_delay_no_answer_and_take_little_memory(tmp_path):
    """All that the settings allow but one have asked once, and keep their connection."""
    open_files.raise_limit()  # of the test, which has as many
    limit = yaml.safe_load(SETTINGS.read_text())["limits"]["connections"]
    assert limit >= 4000
    with upstream() as server, started(server, tmp_path) as (process, rest, metrics):
        soon(lambda: (found := opened(rest)) and not found.close(), 30)
        with ExitStack() as stack:
            idle = [stack.enter_context(opened(rest)) for _ in range(limit - 1)]
            for some in (idle[at : at + 100] for at in range(0, len(idle), 100)):
                for each in some:
                    each.sendall(b"GET /v1/models/tiny HTTP/1.1\r\nHost: x\r\n\r\n")
                assert all(each.recv(2**12).startswith(b"HTTP/1.1 200 OK") for each in some)
            start = time.monotonic()
            assert asked(rest)[0] == 200
            assert time.monotonic() - start < SLOW
            both = [psutil.Process(process.pid), *psutil.Process(process.pid).children()]
            assert sum(each.memory_info().rss for each in both) < MOST
            stack.enter_context(opened(rest))
            assert wire.status(wire.exchange(rest, b"")) == 503
            assert "gateway_refused_connections_total 1.0" in figures(metrics)


@contextmanager
def held(server, port):
    """Two requests that the server does not answer during the block."""
    entered, leave = threading.Semaphore(0), threading.Event()

    def waits(*_):
        entered.release()
        leave.wait(10)
        return answer()

    server.said = waits
    asking = [threading.Thread(target=asked, args=(port,)) for _ in range(2)]
    for each in asking:
        each.start()
        assert entered.acquire(timeout=10)
    server.said = lambda *_: answer()
    try:
        yield
    finally:
        leave.set()
        for each in asking:
            each.join()


def test_a_request_too_many_is_refused_and_logged_and_its_connection_stays():
    with upstream() as server, rest_gateway(server.port, limits={"requests": 2}) as gateway:
        with socket.create_connection(("127.0.0.1", gateway.rest_port), timeout=10) as connection:
            with held(server, gateway.rest_port):
                connection.sendall(KEPT)
                status, headers, _ = parted(connection.recv(2**16))
                assert (status, headers.get("connection")) == (503, None)
                (logged,) = gateway.log.exchanges
                assert (logged.status, logged.problem) == (503, "too many requests")
            connection.sendall(KEPT)
            assert parted(connection.recv(2**16))[0] == 200
        assert not gateway.log.exchanges[-1].problem


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (
            b"POST " + PATH.encode() + b" HTTP/1.1\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n",
            503,
        ),
        (b"GET /" + b"x" * 70_000, 431),
        (b"NONSENSE\r\n\r\n", 400),
    ],
    ids=["another protocol", "large head", "no HTTP"],
)
def test_what_cannot_be_read_on_is_ended_without_room_as_well(sent, status):
    with (
        upstream() as server,
        rest_gateway(server.port, limits={"requests": 2}) as gateway,
        held(server, gateway.rest_port),
    ):
        assert wire.status(wire.exchange(gateway.rest_port, sent)) == status


def test_a_refused_body_and_a_caller_who_hangs_up_give_their_places_back():
    limits = {"requests": 1, "body_bytes": 1000}
    with upstream() as server, rest_gateway(server.port, limits=limits) as gateway:
        address = "127.0.0.1", gateway.rest_port
        with socket.create_connection(address, timeout=10) as kept:
            head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n"
            kept.sendall(head.encode())
            assert parted(kept.recv(2**16))[0] == 413
            assert asked(gateway.rest_port)[0] == 503
            kept.sendall(bytes(2000))
            soon(lambda: asked(gateway.rest_port)[0] == 200)
        with socket.create_connection(address) as gone:
            gone.sendall(head.encode()[:20])
            soon(lambda: asked(gateway.rest_port)[0] == 503)
        soon(lambda: asked(gateway.rest_port)[0] == 200)


def test_a_head_that_trickles_takes_a_place_until_its_time_is_over():
    limits = {"requests": 1, "seconds": 0.3}
    with (
        upstream() as server,
        rest_gateway(server.port, limits=limits) as gateway,
        socket.create_connection(("127.0.0.1", gateway.rest_port)) as slow,
    ):
        slow.sendall(b"POST /v1")
        soon(lambda: asked(gateway.rest_port)[0] == 503)
        soon(lambda: asked(gateway.rest_port)[0] == 200)
