"""`dvc repro` as the loop calls it, with a pipeline of one line."""

import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psutil
import pytest

from mainline.core.errors import MainlineError, StageFailedError
from mainline.dvc import probe
from mainline.pipeline import up_to_date as pipeline
from mainline.process import children
from mainline.process.children import environment

pytestmark = pytest.mark.e2e


@pytest.fixture(autouse=True)
def nothing_to_import(monkeypatch):
    """What a run imports meanwhile takes seconds."""
    monkeypatch.setattr(pipeline, "AFTERWARDS", ())


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A repository whose only stage runs the command in `command.sh`."""
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    (tmp_path / ".dvc").mkdir()
    (tmp_path / ".dvc" / "config").write_text("[core]\n    analytics = false\n")
    (tmp_path / "dvc.yaml").write_text(
        "stages:\n  one:\n    cmd: sh command.sh\n    deps: [command.sh]\n    outs: [out.txt]\n"
    )
    return tmp_path


def test_a_stage_runs_with_our_commands_in_reach(tiny):
    (tiny / "command.sh").write_text("command -v mainline > out.txt\n")
    pipeline.reproduce(tiny)
    assert (tiny / "out.txt").read_text().strip().endswith("mainline")


def test_a_failing_stage_is_an_error_that_says_what_to_do(tiny, capfd):
    (tiny / "command.sh").write_text("echo no such column; exit 3\n")
    with pytest.raises(StageFailedError, match="stopped at the error above") as caught:
        pipeline.reproduce(tiny)
    assert (caught.value.stage, caught.value.lines) == ("", [])
    assert "no such column" in capfd.readouterr().out


def test_a_failing_stage_can_be_quoted_as_well(tiny, capfd):
    (tiny / "command.sh").write_text("echo no such column; exit 3\n")
    with pytest.raises(StageFailedError) as caught:
        pipeline.reproduce(tiny, quoted=True)
    assert caught.value.stage == "one"
    assert "no such column" in caught.value.lines
    assert "no such column" in capfd.readouterr().out
    (tiny / "command.sh").write_text("touch out.txt\n")
    assert pipeline.reproduce(tiny, quoted=True) == ["one"]


def asked(root: Path, command: str) -> None:
    """Have the only stage run something else than `sh command.sh`."""
    pipeline = root / "dvc.yaml"
    pipeline.write_text(pipeline.read_text().replace("cmd: sh command.sh", f"cmd: {command}"))
    assert command in pipeline.read_text()


def test_a_pipeline_that_somebody_killed_is_called_so(tiny):
    asked(tiny, "exec sh command.sh")  # else a shell stands between, and only that is killed
    (tiny / "command.sh").write_text("kill -9 $PPID\n")
    with pytest.raises(MainlineError, match=r"was killed \(signal 9\)"):
        pipeline.reproduce(tiny)


def gone(number: int) -> bool:
    for _ in range(200):
        if not Path(f"/proc/{number}").exists():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("shell", ["", "/bin/sh"])
def test_a_stage_does_not_outlive_a_pipeline_that_was_killed(tiny, monkeypatch, shell):
    """It could write over the outputs of the next run, whatever the person's shell is."""
    monkeypatch.setenv("SHELL", shell)
    (tiny / "stage.py").write_text(
        "import os, time, psutil\nfrom pathlib import Path\n"
        "from mainline.process.orphan import end_with_parent\n"
        "end_with_parent()\nPath('pid').write_text(str(os.getpid()))\n"
        "psutil.Process().parent().kill()\ntime.sleep(600)\n"
    )
    asked(tiny, f"{sys.executable} stage.py")
    (tiny / "command.sh").touch()  # the stage's dependency, not run here
    with pytest.raises(MainlineError, match="was killed"):
        pipeline.reproduce(tiny)
    assert gone(int((tiny / "pid").read_text()))


def test_ctrl_c_ends_all_that_was_started(tiny, monkeypatch):
    """Sent to this process alone, as `kill -INT` does."""
    monkeypatch.setattr(children, "PATIENCE", 0.5)
    (tiny / "command.sh").write_text("echo $$ > pid; sleep 600; touch out.txt\n")

    def press() -> None:
        while not (tiny / "pid").exists():
            time.sleep(0.05)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    usual = signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run may ignore it
    thread = threading.Thread(target=press)
    thread.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            pipeline.reproduce(tiny)
    finally:
        signal.signal(signal.SIGINT, usual)
        thread.join()
    assert gone(int((tiny / "pid").read_text()))
    assert not (tiny / "out.txt").exists()


def test_a_parent_is_interrupted_before_its_children(monkeypatch, tmp_path):
    """A shell whose command was interrupted first would go on with the next one.

    `psutil.wait_procs` returns what is alive in any order.
    """
    monkeypatch.setattr(children, "PATIENCE", 0.2)
    real, send, order = psutil.wait_procs, psutil.Process.send_signal, []

    def shuffled(processes, timeout):
        ended, alive = real(processes, timeout=timeout)
        return ended, sorted(alive, key=lambda process: -process.pid)

    def slowly(process, number):
        order.append(process.pid)
        send(process, number)
        time.sleep(0.3)

    monkeypatch.setattr(psutil, "wait_procs", shuffled)
    monkeypatch.setattr(psutil.Process, "send_signal", slowly)
    script = "sleep 600 & echo $!; wait; touch out.txt"
    command = ["sh", "-c", script]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE) as running:
        below = int(running.stdout.readline())
        children.end(running)
    assert order[0] == running.pid
    assert gone(below)
    assert not (tmp_path / "out.txt").exists()


DEAF = "import signal, subprocess, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); "
DEAF += "print(subprocess.Popen(['sleep', '600']).pid, flush=True); signal.pause()"


def test_what_does_not_hear_is_killed_with_all_below_it(monkeypatch):
    monkeypatch.setattr(children, "PATIENCE", 0.3)
    with subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE) as running:
        below = int(running.stdout.readline())
        children.end(running)
    assert gone(running.pid)
    assert gone(below)


def test_the_end_of_what_has_ended_is_no_matter():
    with subprocess.Popen(["true"]) as running:
        running.wait()
        children.end(running)
    assert running.returncode == 0


def test_with_a_remote_what_is_there_is_not_made_again(tiny, tmp_path_factory):
    remote = tmp_path_factory.mktemp("remote")
    with_remote(tiny, str(remote))
    (tiny / "command.sh").write_text("echo made >> made.txt; echo x > out.txt\n")
    pipeline.reproduce(tiny)
    subprocess.run(["dvc", "push", "-q"], cwd=tiny, env=environment(), check=True)
    (tiny / "out.txt").unlink()
    for path in sorted((tiny / ".dvc" / "cache").rglob("*"), reverse=True):
        path.chmod(0o755)
        path.rmdir() if path.is_dir() else path.unlink()
    pipeline.reproduce(tiny)
    assert (tiny / "out.txt").exists()
    assert (tiny / "made.txt").read_text() == "made\n"


def with_remote(root: Path, url: str) -> None:
    config = root / ".dvc" / "config"
    config.write_text(config.read_text() + f"    remote = r\n['remote \"r\"']\n    url = {url}\n")


def test_a_remote_that_is_gone_costs_a_training_not_the_run(tiny):
    """What it may have is made here."""
    (tiny / "command.sh").write_text("echo made >> made.txt; echo x > out.txt\n")
    pipeline.reproduce(tiny)
    (tiny / "out.txt").unlink()
    shutil.rmtree(tiny / ".dvc" / "cache")
    with_remote(tiny, "/proc/nowhere")
    pipeline.reproduce(tiny)
    assert (tiny / "out.txt").exists()
    assert (tiny / "made.txt").read_text() == "made\n" * 2


def test_a_remote_that_never_answers_is_not_waited_for(tiny, monkeypatch, capfd):
    monkeypatch.setattr(probe, "LIMIT", 3)
    (tiny / "command.sh").write_text("echo x > out.txt\n")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with_remote(tiny, f"http://127.0.0.1:{silent.getsockname()[1]}/storage")
        pipeline.reproduce(tiny)
    assert (tiny / "out.txt").exists()
    assert (
        "remote 'r' fails (no answer within 3 s); continuing without it" in capfd.readouterr().out
    )


class Cut(BaseHTTPRequestHandler):
    """Sends less than it promised, as a connection that breaks does."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "5000")
        self.end_headers()
        self.wfile.write(b"x")

    do_HEAD = do_GET  # noqa: N815  the name that http.server calls

    def log_message(self, *_):
        pass


@pytest.mark.parametrize("listed", [False, True])
def test_a_remote_that_breaks_off_in_the_middle(tiny, listed, monkeypatch):
    """Nor does it list its files: on without it. It does: an error that says how to go on."""
    if listed:
        monkeypatch.setattr(probe, "trouble", lambda *_: "")
    (tiny / "command.sh").write_text("echo x > out.txt\n")
    pipeline.reproduce(tiny)
    (tiny / "out.txt").unlink()
    shutil.rmtree(tiny / ".dvc" / "cache")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Cut)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with_remote(tiny, f"http://127.0.0.1:{server.server_port}/storage")
    told = pytest.raises(MainlineError, match="`dvc repro` continues without it")
    with told if listed else nullcontext():
        pipeline.reproduce(tiny)
    server.shutdown()
    server.server_close()
    thread.join()
    assert (tiny / "out.txt").exists() is not listed
