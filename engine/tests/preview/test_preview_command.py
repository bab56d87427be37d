"""The command around the page: what it says, what it serves, how it ends. Needs no Node.js."""

import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from mainline.cli import main as cli
from mainline.core.errors import MainlineError
from mainline.preview import page, preview
from mainline.preview.page_server import PageServer

COMMENT = Path("reports/comment.md")


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    (tmp_path / "reports").mkdir()
    (tmp_path / COMMENT).write_text("text")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def served():
    """A server of whatever text is in the list, and a way to ask it."""
    texts = ["one"]
    server = PageServer(0, lambda: texts[-1])
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()

    def ask(path: str = "", **headers: str) -> tuple[int, str]:
        request = urllib.request.Request(server.url + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    yield texts, ask, server
    server.shutdown()
    thread.join()
    server.server_close()


def stand_in(monkeypatch, folder: Path, script: str) -> None:
    """A `node` that does what a shell script says, and the folder of its packages."""
    (folder / "bin").mkdir()
    (folder / "bin/node").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "bin/node").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:/bin:/usr/bin")
    monkeypatch.setattr(page, "SCRIPTS", folder / "js")
    (folder / "js" / page.INSTALLED / "marked").mkdir(parents=True)


def said(capsys, *arguments: str) -> tuple[int, str, str]:
    code = cli.main(["preview", *arguments])
    return code, *capsys.readouterr()


def test_a_comment_that_is_not_there_says_what_writes_it(root, capsys):
    (root / COMMENT).unlink()
    assert said(capsys) == (
        1,
        "",
        "preview: reports/comment.md does not exist; `make run` writes it.\n",
    )
    assert "x.md does not exist.\n" in said(capsys, "x.md")[2]


@pytest.mark.parametrize(("data", "why"), [(b"\xff\xfe", "not UTF-8"), (None, "cannot be read")])
def test_what_is_no_markdown_is_said(root, capsys, data, why):
    (root / COMMENT).unlink()
    if data is None:
        (root / COMMENT).mkdir()
    else:
        (root / COMMENT).write_bytes(data)
    assert why in said(capsys)[2]


def test_without_node_it_says_which(root, capsys, monkeypatch):
    monkeypatch.setenv("PATH", str(root))
    assert "needs Node.js 20 or later on PATH" in said(capsys)[2]


@pytest.mark.parametrize("found", ["v18.20.1", "what"])
def test_an_old_node_is_named(root, capsys, monkeypatch, found):
    stand_in(monkeypatch, root, f"echo {found}")
    assert f"found {found}" in said(capsys)[2]


ANSWER = """\
case $1 in --version) echo v20.1.0 ;; *) echo '%s' ;; esac"""
GOOD = '{"page": "<p>page</p>", "charts": [{"line": 3, "type": "pie"}]}'
BAD = GOOD.replace('"type": "pie"}', '"error": "no  chart"}, {"line": null, "error": "x"}')


def test_a_page_is_written_where_it_is_asked_for(root, capsys, monkeypatch):
    stand_in(monkeypatch, root, ANSWER % GOOD)
    code, out, err = said(capsys, "--out", "page.html")
    assert (code, err) == (0, "")
    assert "Mermaid can draw 1 of 1 charts" in out
    assert (root / "page.html").read_text() == "<p>page</p>"


def test_a_chart_that_cannot_be_drawn_is_the_exit_code(root, capsys, monkeypatch):
    stand_in(monkeypatch, root, ANSWER % BAD)
    code, out, err = said(capsys, "--out", "page.html")
    assert code == 1
    assert "Mermaid can draw 0 of 2 charts" in out
    assert err == (
        "preview: reports/comment.md, line 3: Mermaid cannot draw this chart: no chart\n"
        "reports/comment.md: Mermaid cannot draw this chart: x\n"
    )


def test_it_serves_until_ctrl_c_and_opens_no_browser_unasked(root, monkeypatch, capsys):
    opened: list[str] = []
    monkeypatch.setattr(preview.webbrowser, "open", opened.append)
    monkeypatch.setattr(preview, "render", lambda *_: page.Page("<p>page</p>", 0, []))

    def reader(self, **_):
        raise KeyboardInterrupt

    monkeypatch.setattr(PageServer, "serve_forever", reader)
    for arguments, wanted in ((["--no-browser"], 0), ([], 1)):
        opened.clear()
        code, out, _ = said(capsys, *arguments)
        for thread in threading.enumerate():
            if thread.name == "browser":
                thread.join()
        assert code == 0
        assert "until Ctrl-C" in out
        assert out.endswith("stopped\n")
        assert len(opened) == wanted
    assert opened[0].startswith("http://127.0.0.1:")


def test_ctrl_c_does_not_hide_a_chart_that_broke_meanwhile(root, monkeypatch, capsys):
    monkeypatch.setattr(preview, "render", lambda *_: page.Page("<p>page</p>", 1, ["line 3: no"]))
    monkeypatch.setattr(PageServer, "serve_forever", lambda *_, **__: os.kill(os.getpid(), 2))
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        code, _, err = said(capsys, "--no-browser")
    finally:
        signal.signal(signal.SIGINT, usual)
    assert (code, err) == (1, "preview: line 3: no\n")


def test_every_load_is_made_anew(served):
    texts, ask, _ = served
    assert ask() == (200, "one")
    texts.append("two")
    assert ask() == (200, "two")


def test_nothing_else_is_served_and_no_other_name(served):
    _, ask, server = served
    assert ask("etc/passwd")[0] == 404
    assert ask(Host=f"localhost:{server.server_port}")[0] == 200
    for name in ("evil.test", f"evil.test:{server.server_port}", "127.0.0.1"):
        assert ask(Host=name) == (403, "not for this host")


def test_a_file_that_has_gone_since_is_said_in_the_browser(served):
    _, ask, server = served

    def gone() -> str:
        raise MainlineError("it has gone")

    server.page = gone
    assert ask() == (500, "it has gone")


def test_a_port_that_is_taken_is_said(served):
    _, _, server = served
    with pytest.raises(MainlineError, match=f"port {server.server_port} cannot be used"):
        PageServer(server.server_port, str)


def test_only_this_machine_reaches_it(served):
    assert served[2].server_address[0] == "127.0.0.1"


def test_help_needs_neither_node_nor_a_file(tmp_path):
    command = [sys.executable, "-m", "mainline.cli.main", "preview", "--help"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "reports/comment.md" in done.stdout
