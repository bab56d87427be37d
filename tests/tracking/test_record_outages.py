"""MLflow that fails in the middle: one line within seconds, and the loop goes on."""

import os
import socket
import sqlite3
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from customer_churn.tracking.record import describe

PATIENCE = 120  # seconds, after which it counts as a hang; MLflow's own defaults take longer


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


def record(project, address: str | None = None) -> str:
    """What the command says, in a process of its own: a hang must end with it."""
    surroundings = {key: value for key, value in os.environ.items() if "MLFLOW" not in key}
    if address:
        surroundings["MLFLOW_TRACKING_URI"] = address
    done = subprocess.run(
        [sys.executable, "-m", "customer_churn.cli", "record"],
        cwd=project.root,
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert len(done.stdout.splitlines()) == 1
    return done.stdout


@pytest.mark.parametrize("status", [403, 429, 500, 503])
@pytest.mark.parametrize("well", [0, 2])
def test_a_server_that_gives_up(project, status, well):
    with served(well=well, status=status) as address:
        said = record(project, address)
    assert said.startswith(f"not recorded: MLflow at {address}: ")
    assert "`customer-churn record` does it later" in said


def test_a_server_that_takes_the_call_and_never_answers(project):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        said = record(project, f"http://127.0.0.1:{silent.getsockname()[1]}")
    assert said.startswith("not recorded: MLflow at http://127.0.0.1:")


@pytest.mark.parametrize("content", [b"no database" * 1000, b"SQLite format 3\0" + bytes(9000)])
def test_a_database_that_is_none(project, content):
    (project.root / "mlflow.db").write_bytes(content)
    said = record(project)
    assert said.startswith("not recorded: MLflow at sqlite:///mlflow.db: ")
    assert (project.root / "mlflow.db").read_bytes() == content


def test_a_database_that_somebody_holds(project):
    with sqlite3.connect(project.root / "mlflow.db") as other:
        other.execute("BEGIN EXCLUSIVE")
        said = record(project)
    other.close()
    assert said.startswith("not recorded: MLflow at sqlite:///mlflow.db: ")
    assert "locked" in said
    assert record(project).startswith("recorded in MLflow")


def test_a_database_that_cannot_be_made(project):
    (project.root / "mlflow.db").mkdir()
    assert record(project).startswith("not recorded: MLflow at sqlite:///mlflow.db: ")


def test_a_database_whose_making_breaks_off_is_made_again(project, monkeypatch):
    from mlflow import MlflowClient  # noqa: PLC0415  dear to import

    def stopped(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(MlflowClient, "search_experiments", stopped)
        describe(project.root)
    assert not (project.root / "mlflow.db").exists()
    assert record(project).startswith("recorded in MLflow")
