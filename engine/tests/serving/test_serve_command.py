"""`serve` from the outside: what it says, what it takes, how it ends."""

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from mainline.cli import main as cli
from mainline.serving import container_engine as engine
from mainline.serving import serve
from mainline.serving.client import RestClient
from mainline.serving.served import Served


@pytest.fixture
def arguments(tiny_run, free_ports, monkeypatch):
    monkeypatch.chdir(tiny_run)
    return ["serve", f"--grpc-port={free_ports[0]}", f"--rest-port={free_ports[1]}"]


def when_served(port, act, seconds=30.0):
    """Call `act` with the versions that are served, from the moment that there are any."""

    def wait():
        until = time.monotonic() + seconds
        with closing(RestClient(f"http://127.0.0.1:{port}", "tiny")) as client:
            while time.monotonic() < until:
                try:
                    found = client.versions()
                except Exception:
                    time.sleep(0.05)
                else:
                    act(found)
                    return
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


@pytest.mark.nightly
def test_sigterm_ends_the_process_cleanly(arguments, free_ports, version):
    command = [sys.executable, "-m", "mainline.cli.main", *arguments, "--with", "embedded"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    seen = []
    waiting = when_served(
        free_ports[1], lambda found: (seen.extend(found), process.terminate()), 60
    )
    said, errors = process.communicate(timeout=90)
    waiting.join()
    assert (process.returncode, errors, seen) == (0, "", [version])
    assert f"tiny version {version}: embedded development server, not for production" in said
    assert said.endswith("serve     stopped\n")


@pytest.mark.parametrize("more", [[], ["--without-gateway"]], ids=["gateway", "alone"])
def test_ctrl_c_ends_it_cleanly_the_line_to_try_works_and_its_answer_is_logged(
    arguments, free_ports, capsys, monkeypatch, more
):
    monkeypatch.setattr(engine, "ENGINES", ())
    tried = []

    def act(_):
        said, until = "", time.monotonic() + 30
        while "try: " not in said and time.monotonic() < until:  # it is served before it is said
            time.sleep(0.05)
            said += capsys.readouterr().out
        line = said.partition("try: ")[2].partition("\n")[0]
        done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
        tried.extend([said, done.stdout])
        os.kill(os.getpid(), signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    stored = set(Path("reports").rglob("*.parquet"))
    waiting = when_served(free_ports[1], act)
    assert cli.main([*arguments, *more]) == 0
    waiting.join()
    assert signal.getsignal(signal.SIGINT) is before
    assert (
        "neither Docker nor Podman is installed: using the embedded development server" in tried[0]
    )
    assert '"predictions"' in tried[1]
    assert capsys.readouterr().out == "serve     stopped\n"
    assert len(set(Path("reports").rglob("*.parquet")) - stored) == (0 if more else 1)
    assert ("mainline log show" in tried[0]) is not bool(more)


@pytest.mark.parametrize("which", [0, 1], ids=["gRPC", "REST"])
def test_a_taken_port_is_one_clear_line(arguments, free_ports, capfd, which):
    with socket.create_server(("127.0.0.1", free_ports[which])):
        assert cli.main([*arguments, "--with", "embedded"]) == 1
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith(f"serve: cannot listen on 127.0.0.1:{free_ports[which]}")


@pytest.mark.parametrize("number", ["0", "65536", "9" * 99, "-1", "http", "", "8_500", "\u0661"])
@pytest.mark.parametrize("option", ["--grpc-port", "--rest-port"])
def test_what_is_no_port_is_one_clear_line(arguments, option, number, capsys):
    with pytest.raises(SystemExit, match="2"):
        cli.main([*arguments, f"{option}={number}"])
    assert f"argument {option}: '{number}' is not a port" in capsys.readouterr().err


def test_a_row_with_a_quote_is_a_line_to_try_as_well(tmp_path, capsys):
    path = tmp_path / "assets.extra/golden.json"
    path.parent.mkdir()
    path.write_text(json.dumps([{"inputs": {"city": "d'or"}, "score": 0.5}]))
    serve._tell(Served(tmp_path, "tiny", 1), "a server")
    line = capsys.readouterr().out.partition("try: ")[2]
    assert shlex.split(line)[:3] == ["curl", "-d", '{"instances": [{"city": "d\'or"}]}']


def test_without_a_release_it_is_one_clear_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["serve"]) == 1
    assert capsys.readouterr().err.startswith("serve: k8s/overlays/staging/release.yaml does not")
