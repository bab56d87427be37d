"""`run`, `propose` and `reproduce` go on without a DVC remote that refuses or is silent."""

import shutil
import socket
import threading
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from mainline.cli import main as cli
from mainline.core.layout import Layout
from mainline.dvc import probe
from mainline.pipeline import anew, judge
from mainline.pipeline import up_to_date as pipeline
from mainline.proposal import propose
from repository import commit
from tiny_pipeline import TRAIN, Tiny

pytestmark = pytest.mark.e2e

REMOTE = "[core]\n    analytics = false\n    remote = r\n['remote \"r\"']\n    url = {}\n"
WITHOUT = "The DVC remote 'r' fails (no answer within 3 s); continuing without it."


@pytest.fixture
def judged(monkeypatch):
    """The gate and what follows it have tests of their own."""

    def verdict(root, **_):
        Layout(root).comment.parent.mkdir(exist_ok=True)
        Layout(root).comment.write_text("## judged\n")
        return SimpleNamespace(open=True)

    monkeypatch.setattr(pipeline, "AFTERWARDS", ())
    for module in (propose, judge):
        monkeypatch.setattr(module, "judge", verdict)
    for module in (propose, anew):
        monkeypatch.setattr(module.params, "check", lambda _: None)
    monkeypatch.setattr(propose.record, "describe", lambda _: "")
    monkeypatch.setattr(anew, "recording", lambda _: nullcontext(str))
    monkeypatch.setattr(anew, "_asked", lambda _: "")
    monkeypatch.setattr(anew, "next_step", lambda *_: "")
    monkeypatch.setattr(anew, "summary", lambda *_: "judged")
    for name in ("GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "CI"):
        monkeypatch.delenv(name, raising=False)


def proposal(tiny: Tiny, url: str) -> Tiny:
    """A model on main, and a branch that changes its training; nothing of it is in the cache."""
    tiny.write(".dvc/config", REMOTE.format(url))
    tiny.release()
    tiny.git.run("switch", "-q", "-c", "proposal")
    tiny.write("train.sh", f"{TRAIN}# more\n")
    commit(tiny.git, "More")
    return tiny


def ended(command: str) -> int:
    return cli.main([command, *(["main"] if command == "reproduce" else [])])


class Refusing(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_error(403)

    do_HEAD = do_GET  # noqa: N815  the name that http.server calls

    def log_message(self, *_):
        pass


@pytest.fixture
def refusing():
    """The address of a store that forbids everything."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/storage"
        server.shutdown()


@pytest.mark.parametrize("command", ["run", "propose"])
def test_one_that_refuses_costs_a_training(tiny, judged, command, capfd, refusing):
    proposal(tiny, refusing)
    shutil.rmtree(tiny.root / ".dvc/cache")
    Layout(tiny.root).table.unlink()
    assert ended(command) == 0
    said = capfd.readouterr().out
    assert said.count("Running stage 'train'") == 1
    assert "judged" in said


@pytest.mark.parametrize("there", [True, False])
def test_one_that_refuses_does_not_stop_reproduce(tiny, judged, there, capfd, refusing):
    proposal(tiny, refusing)
    tiny.source.unlink()
    if not there:
        shutil.rmtree(tiny.root / ".dvc/cache")
    assert ended("reproduce") == (0 if there else 1)
    said = capfd.readouterr()
    assert ("Reproduced, byte for byte" in said.out) is there
    assert ("neither in the DVC cache nor in a remote" in said.err) is not there


@pytest.mark.nightly
@pytest.mark.parametrize("command", ["run", "propose", "reproduce"])
def test_one_that_is_silent_is_not_waited_for(tiny, judged, command, capfd, monkeypatch):
    monkeypatch.setattr(probe, "LIMIT", 3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        proposal(tiny, f"http://127.0.0.1:{silent.getsockname()[1]}/storage")
        tiny.source.unlink() if command == "reproduce" else None
        assert ended(command) == 0
    said = capfd.readouterr().out
    assert WITHOUT in said
