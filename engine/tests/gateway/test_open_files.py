"""Idle connections leave room for the files of the log."""

import resource
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from rest_asking import asked, soon

from mainline.gateway import open_files
from mainline.request_log.settings import LimitSettings
from mainline.serving import ports
from upstream_stub import upstream


@pytest.mark.parametrize(
    ("soft", "wanted", "rest", "grpc"),
    [
        (1024, 4096, 384, 384),
        (1024, 100, 100, 668),
        (2**20, 4096, 4096, 2**20 - 256 - 4096),
        (100, 4096, 1, 1),
        (resource.RLIM_INFINITY, 4096, 4096, 2**31 - 1 - 256 - 4096),
    ],
)
def test_connections_that_fit(monkeypatch, capsys, soft, wanted, rest, grpc):
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, soft))
    found = open_files.fitting(LimitSettings(connections=wanted, seconds=7.0))
    assert (found.connections, found.seconds, open_files.of_grpc(found)) == (rest, 7.0, grpc)
    said = capsys.readouterr().out
    assert said.count("\n") == (rest < wanted)
    assert open_files.of_grpc(LimitSettings(connections=4096)) <= grpc  # that were not made fit
    if said:
        assert f"is {wanted}, and {rest} fit: the process may have {soft} open files" in said


def test_a_limit_that_cannot_be_raised_stays(monkeypatch):
    def refused(*_):
        raise ValueError("current limit exceeds maximum limit")

    monkeypatch.setattr(resource, "setrlimit", refused)
    open_files.raise_limit()


def test_idle_connections_cost_no_row_of_the_log(tmp_path):
    rest, grpc, metrics = (ports.free("127.0.0.1") for _ in range(3))
    words = [sys.executable, "-m", "mainline.cli.main", "gateway", "--name=tiny", "--store=store"]
    words += [f"--rest-port={rest}", f"--grpc-port={grpc}", f"--metrics-port={metrics}"]
    words += [f"--spool={tmp_path}/spool"]

    def figures():
        with (
            suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{metrics}/metrics", timeout=5) as answered,
        ):
            return answered.read().decode()
        return ""

    with upstream() as server, ExitStack() as idle:
        words.append(f"--upstream-rest=http://127.0.0.1:{server.port}")
        limited = ["sh", "-c", 'ulimit -n 400; ulimit -S -n 350; exec "$@"', "sh", *words]
        with subprocess.Popen(limited, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
            try:
                soon(figures, 30)
                held = [
                    idle.enter_context(socket.create_connection(("127.0.0.1", port)))
                    for port in (rest, grpc)
                    for _ in range(200)
                ]
                time.sleep(0.3)
                assert asked(rest)[0] == 503
                held[0].close()
                soon(lambda: asked(rest)[0] == 200)
                soon(lambda: "\ngateway_log_rows_total 1.0\n" in figures())
                assert 'gateway_log_dropped_total{reason="disk"} 0.0\n' in figures()
                limits = Path(f"/proc/{process.pid}/limits").read_text().splitlines()
                (files,) = [line.split()[3:5] for line in limits if line.startswith("Max open")]
                assert files == ["400", "400"]
            finally:
                process.terminate()
                said = process.communicate(timeout=30)[0]
    assert "`limits.connections` is 4096, and 72 fit" in said
