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
from importlib import import_module
from pathlib import Path

import pytest

from customer_churn.core.errors import UserError
from customer_churn.interrupt import heeded
from customer_churn.loop import early, pipeline
from customer_churn.proposal import probe


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
    (tiny / "command.sh").write_text("command -v customer-churn > out.txt\n")
    pipeline.reproduce(tiny)
    assert (tiny / "out.txt").read_text().strip().endswith("customer-churn")


def test_a_failing_stage_is_an_error_that_says_what_to_do(tiny):
    (tiny / "command.sh").write_text("exit 3\n")
    with pytest.raises(UserError, match="stopped at the error above"):
        pipeline.reproduce(tiny)


def asked(root: Path, command: str) -> None:
    """Have the only stage run something else than `sh command.sh`."""
    pipeline = root / "dvc.yaml"
    pipeline.write_text(pipeline.read_text().replace("cmd: sh command.sh", f"cmd: {command}"))
    assert command in pipeline.read_text()


def test_a_pipeline_that_somebody_killed_is_called_so(tiny):
    asked(tiny, "exec sh command.sh")  # else a shell stands between, and only that is killed
    (tiny / "command.sh").write_text("kill -9 $PPID\n")
    with pytest.raises(UserError, match=r"ended from outside \(signal 9\)"):
        pipeline.reproduce(tiny)


@pytest.mark.parametrize("shell", ["makes way", "stays"])
def test_a_stage_does_not_outlive_a_pipeline_that_was_killed(tiny, shell):
    """Nobody waits for what it writes: it could come upon the outputs of the next run."""
    program = (
        "import os, time, psutil\nfrom pathlib import Path\n"
        "from customer_churn.orphan import end_with_parent\n"
        "end_with_parent()\nPath('pid').write_text(str(os.getpid()))\n"
        "dvc = [p for p in psutil.Process().parents() if 'repro' in p.cmdline()][0]\n"
        "dvc.kill()\ntime.sleep(600)\n"
    )
    (tiny / "stage.py").write_text(program)
    stage = f"{sys.executable} stage.py"
    asked(tiny, f"exec {stage}" if shell == "makes way" else f"{stage} && true")
    (tiny / "command.sh").touch()  # the stage's dependency, not run here
    with pytest.raises(UserError, match="ended from outside"):
        pipeline.reproduce(tiny)
    number = int((tiny / "pid").read_text())
    for _ in range(600):
        if not Path(f"/proc/{number}").exists():
            return
        time.sleep(0.1)
    pytest.fail("the stage lives on")


def test_what_follows_begins_when_the_stages_have_succeeded(tiny):
    (tiny / "command.sh").write_text("sleep 0.2; echo made > out.txt\n")
    found = []
    pipeline.reproduce(tiny, then=lambda: found.append((tiny / "out.txt").read_text()))
    assert found == ["made\n"]


def test_ctrl_c_waits_for_what_has_begun_to_follow(tiny, monkeypatch):
    """Else nobody knows of the process that it starts, and that one outlives the command."""
    begun = []

    def follow() -> None:
        time.sleep(1)  # by now the pipeline's end is noticed
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        time.sleep(0.5)
        begun.append("a process")

    monkeypatch.setattr(pipeline, "AFTERWARDS", ())  # nothing is left to do but to wait
    (tiny / "command.sh").write_text("touch out.txt\n")
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)  # several processes ignore it
    try:
        with pytest.raises(KeyboardInterrupt):
            pipeline.reproduce(tiny, then=follow)
    finally:
        signal.signal(signal.SIGINT, usual)
    assert begun


@pytest.mark.parametrize("when", ["before", "while"])
def test_ctrl_c_that_an_import_has_cleared_away_ends_the_pipeline(tiny, monkeypatch, when):
    (tiny / "swallows_ctrl_c.py").write_text(
        "import os, signal\ntry:\n    os.kill(os.getpid(), signal.SIGINT)\n"
        "except KeyboardInterrupt:\n    pass\n"
    )
    monkeypatch.syspath_prepend(str(tiny))
    monkeypatch.setattr(pipeline, "PATIENCE", 1)
    if when == "before":
        monkeypatch.setattr(early, "watched", lambda _: import_module("swallows_ctrl_c"))
    else:
        monkeypatch.setattr(pipeline, "AFTERWARDS", ("swallows_ctrl_c",))
    (tiny / "command.sh").write_text("touch begun; sleep 60; touch out.txt\n")
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), heeded():
            pipeline.reproduce(tiny)
    finally:
        signal.signal(signal.SIGINT, usual)
        del sys.modules["swallows_ctrl_c"]
    assert when == "while" or not (tiny / "begun").exists()


def test_a_pipeline_that_has_to_be_ended_does_not_leave_its_stage_behind(tmp_path, monkeypatch):
    """An import can clear Ctrl-C away: DVC is ended then, and a moment later its stage notices."""
    monkeypatch.setattr(pipeline, "PATIENCE", 3)
    stage = (
        "import os, pathlib, time\nparent = os.getppid()\npathlib.Path('begun').touch()\n"
        "while os.getppid() == parent:\n    time.sleep(0.1)\n"
        "time.sleep(1)\npathlib.Path('ended').touch()\n"
    )
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {stage!r}])"
    running = subprocess.Popen([sys.executable, "-c", program], cwd=tmp_path)
    while not (tmp_path / "begun").exists():
        time.sleep(0.05)
    pipeline.end(running)
    assert running.returncode == -signal.SIGTERM
    assert (tmp_path / "ended").exists()


def test_nothing_follows_a_failure(tiny):
    (tiny / "command.sh").write_text("exit 3\n")
    with pytest.raises(UserError):
        pipeline.reproduce(tiny, then=lambda: pytest.fail("it went on"))


def test_with_a_remote_what_is_there_is_not_made_again(tiny, tmp_path_factory):
    remote = tmp_path_factory.mktemp("remote")
    config = tiny / ".dvc" / "config"
    config.write_text(
        config.read_text() + f"    remote = r\n['remote \"r\"']\n    url = {remote}\n"
    )
    (tiny / "command.sh").write_text("echo made >> made.txt; echo x > out.txt\n")
    pipeline.reproduce(tiny)
    subprocess.run(["dvc", "push", "-q"], cwd=tiny, env=pipeline.environment(), check=True)
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


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/storage", "/proc/nowhere"])
def test_a_remote_that_is_gone_costs_a_training_not_the_run(tiny, url):
    """What it may have is made here."""
    (tiny / "command.sh").write_text("echo made >> made.txt; echo x > out.txt\n")
    pipeline.reproduce(tiny)
    (tiny / "out.txt").unlink()
    shutil.rmtree(tiny / ".dvc" / "cache")
    with_remote(tiny, url)
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
        "remote 'r' does not answer (no answer within 3 s); on without it" in capfd.readouterr().out
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
        monkeypatch.setattr(pipeline, "trouble", lambda *_: "")
    (tiny / "command.sh").write_text("echo x > out.txt\n")
    pipeline.reproduce(tiny)
    (tiny / "out.txt").unlink()
    shutil.rmtree(tiny / ".dvc" / "cache")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Cut)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with_remote(tiny, f"http://127.0.0.1:{server.server_port}/storage")
    told = pytest.raises(UserError, match="`dvc repro` goes on without it")
    with told if listed else nullcontext():
        pipeline.reproduce(tiny)
    server.shutdown()
    server.server_close()
    thread.join()
    assert (tiny / "out.txt").exists() is not listed
