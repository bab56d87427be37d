"""MLflow that fails in the middle: one line within seconds, and the loop goes on."""

import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from mlflow import MlflowClient

from mainline.tracking import record

UNREACHABLE = "http://127.0.0.1:9"


class Server(BaseHTTPRequestHandler):
    """Answers the first `well` requests as a fresh MLflow would, the rest with `status`."""

    well, status, seen = 0, 500, 0

    def do_POST(self):
        type(self).seen += 1
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        good = self.seen <= self.well
        body = b'{"experiment_id": "1", "runs": []}' if good else b"<html>no"
        self.send_response(200 if good else self.status)
        self.send_header("Content-Type", "application/json" if good else "text/html")
        self.send_header("Retry-After", "3600")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PATCH = do_POST  # noqa: N815  the names that http.server calls

    def log_message(self, *_):
        pass


@contextmanager
def served(**settings):
    handler = type("Handler", (Server,), settings)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def said_of(root, monkeypatch):
    """The one line of `record` with a tracking server at an address."""

    def said(address: str) -> str:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
        return record.describe(root)

    return said


@pytest.mark.parametrize(("well", "status"), [(0, 403), (0, 429), (0, 503), (2, 500), (2, 503)])
def test_a_server_that_gives_up(said_of, well, status):
    with served(well=well, status=status) as address:
        said = said_of(address)
    assert said.startswith(f"not recorded: MLflow at {address}: ")
    assert "run `mainline record` later" in said


def test_a_login_in_the_address_is_not_shown(said_of):
    said = said_of(UNREACHABLE.replace("//", "//me:hunter2@"))
    assert f"not recorded: MLflow at {UNREACHABLE}" in said
    assert "hunter2" not in said


def test_a_dead_server_costs_one_clear_line(root, monkeypatch, capsys):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", UNREACHABLE)
    record.run(root)
    said = capsys.readouterr().out
    assert said.startswith(f"not recorded: MLflow at {UNREACHABLE}")
    assert len(said.splitlines()) == 1


@pytest.mark.nightly
def test_a_server_that_takes_the_call_and_never_answers(said_of):
    started = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        said = said_of(f"http://127.0.0.1:{silent.getsockname()[1]}")
    assert said.startswith("not recorded: MLflow at http://127.0.0.1:")
    assert time.monotonic() - started < 60  # MLflow's own defaults take minutes


@pytest.mark.parametrize("content", [b"no database" * 1000, b"SQLite format 3\0" + bytes(9000)])
def test_a_database_that_is_none(root, content):
    (root / "mlflow.db").write_bytes(content)
    assert record.describe(root).startswith("not recorded: MLflow at sqlite:///mlflow.db: ")
    assert (root / "mlflow.db").read_bytes() == content


@pytest.mark.nightly
def test_a_database_that_somebody_holds(root, client):
    with closing(sqlite3.connect(root / "mlflow.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        said = record.describe(root)
    assert said.startswith("not recorded: MLflow at sqlite:///mlflow.db: ")
    assert "locked" in said
    assert record.describe(root).startswith("recorded in MLflow")


def test_a_database_that_cannot_be_made(root):
    (root / "mlflow.db").mkdir()
    assert record.describe(root).startswith("not recorded: MLflow at sqlite:///mlflow.db: ")


@pytest.mark.nightly
def test_a_database_whose_making_breaks_off_is_made_again(root, monkeypatch):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(MlflowClient, "search_experiments", stopped)
        record.describe(root)
    assert not (root / "mlflow.db").exists()
    command = [sys.executable, "-m", "mainline.cli.main", "record"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("recorded in MLflow")
