"""The command `gateway` from the outside: what it says, what it logs, how it ends."""

import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pyarrow.dataset
import pytest
from rest_asking import soon

import wire
from mainline.cli import main as cli
from upstream_stub import answer, upstream


@pytest.fixture
def ports():
    """Three ports that nothing listens at: REST, gRPC, metrics."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    found = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return found


@pytest.fixture
def arguments(ports, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rest, grpc, metrics = ports
    of_ports = [f"--rest-port={rest}", f"--grpc-port={grpc}", f"--metrics-port={metrics}"]
    return ["gateway", "--name=tiny", *of_ports, "--spool=spool", "--store=store"]


def read(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answered:
        return answered.read().decode()


def started(line, metrics):
    """The process of a gateway that listens."""
    process = subprocess.Popen(
        [sys.executable, "-m", "mainline.cli.main", *line],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 30
    while True:
        try:
            assert read(metrics, "/healthz") == "ok\n"
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.05)
        else:
            return process


def test_a_misspelt_column_of_personal_data_is_said_and_leaves_no_pod(arguments, ports, tmp_path):
    """The answers go on."""
    rest, _, metrics = ports
    (tmp_path / "s.yaml").write_text("log: {leave_out: [agee], drain_seconds: 1}\n")
    body = b'{"instances": [{"age": 1.0}]}'
    with upstream(lambda *_: answer()) as server:
        line = [*arguments, "--settings=s.yaml", f"--upstream-rest=http://127.0.0.1:{server.port}"]
        process = started(line, metrics)
        sent = wire.request("POST", "/v1/models/tiny:predict", body)
        assert wire.status(wire.exchange(rest, sent)) == 200
        soon((tmp_path / "spool/signatures/7.json").exists)
        process.send_signal(signal.SIGTERM)
        errors = process.communicate(timeout=40)[1].splitlines()
    assert errors[0].startswith("request log: rows wait in the spool: ")
    assert "names agee, no input of version 7" in errors[0]
    assert not list(tmp_path.glob("store/**/*.parquet"))
    assert list(tmp_path.glob("spool/*.segment"))


def test_a_prediction_is_counted_and_stored_and_sigterm_ends_it_cleanly(arguments, ports):
    rest, _, metrics = ports
    body = b'{"instances": [{"age": 1.0}]}'
    with upstream(lambda *_: answer()) as server:
        line = [*arguments, f"--upstream-rest=http://127.0.0.1:{server.port}"]
        process = started(line, metrics)
        sent = wire.request("POST", "/v1/models/tiny:predict", body, {"x-request-id": "mine"})
        assert wire.status(wire.exchange(rest, sent)) == 200
        figures = read(metrics, "/metrics")
        process.send_signal(signal.SIGTERM)
        said, errors = process.communicate(timeout=40)
    assert (process.returncode, errors) == (0, "")
    assert said.endswith("gateway   draining\ngateway   stopped\n")
    assert 'gateway_requests_total{arm="main",code="2xx",protocol="rest"} 1.0' in figures
    for name in ("log_rows", "log_lost", "log_shipped_rows", "mirror_dropped"):
        assert f"\ngateway_{name}_total " in figures
    for reason in ("queue", "spool", "disk"):
        assert f'gateway_log_dropped_total{{reason="{reason}"}} 0.0' in figures
    (row,) = pyarrow.dataset.dataset("store", partitioning=None).to_table().to_pylist()
    assert (row["request_id"], row["status"], row["version"]) == ("mine", 200, "7")


@pytest.mark.parametrize("which", range(3), ids=["REST", "gRPC", "metrics"])
def test_a_taken_port_is_one_clear_line(arguments, ports, which, capfd):
    with socket.create_server(("127.0.0.1", ports[which])):
        assert cli.main(arguments) == 1
    lines = [line for line in capfd.readouterr().err.splitlines() if "cannot listen" in line]
    assert len(lines) == 1
    assert lines[0].startswith(f"gateway: cannot listen on 127.0.0.1:{ports[which]}")


@pytest.mark.parametrize(
    "url",
    ["localhost:8501", "https://a:1", "http://a", "http://a:x", "http://a:1/v1", "", "\u2028"],
)
def test_what_is_no_address_of_a_server_is_one_clear_line(arguments, url, capsys):
    assert cli.main([*arguments, f"--upstream-rest={url}"]) == 1
    (line,) = capsys.readouterr().err.split("\n")[:-1]
    assert "not a server's address" in line
    assert "http://HOST:PORT" in line


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--upstream-grpc=localhost", "expected HOST:PORT"),
        ("--upstream-grpc=http://a:1", "expected HOST:PORT"),
        ("--upstream-grpc=a:b", "expected HOST:PORT"),
        ("--store=ftp://a/b", "no folder, s3://"),
        ("--store=s3://", "no folder, s3://"),
        ("--roll-seconds=-1", "greater than 0"),
        ("--roll-seconds=0", "greater than 0"),
        ("--roll-seconds=nan", "roll_seconds"),
    ],
)
def test_a_wrong_option_is_one_clear_line(arguments, option, said, capsys):
    assert cli.main([*arguments, option]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


def test_half_a_challenger_and_a_wrong_setting_are_one_clear_line(arguments, tmp_path, capsys):
    assert cli.main([*arguments, "--challenger-rest=http://a:1"]) == 1
    assert "--challenger-grpc" in capsys.readouterr().err
    (tmp_path / "s.yaml").write_text("log: {fsync_second: 1.0}\n")
    assert cli.main([*arguments, "--settings=s.yaml"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "fsync_second" in line
    assert "s.yaml" in line
