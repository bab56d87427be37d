"""What a judging process that was taken over leaves behind is read as data, or not at all."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mainline.core.errors import MainlineError
from mainline.core.files import write_json
from mainline.core.layout import Layout
from mainline.gate.verdict import PASS, Rule, Verdict
from mainline.git import Git
from mainline.outside import judging, left_behind

SECRET = "planted-in-the-parent"


def to_the_environment(path: Path) -> None:
    path.symlink_to(f"/proc/{os.getpid()}/environ")


def folder_elsewhere(path: Path) -> None:
    elsewhere = path.parents[2] / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / path.name).write_text(SECRET)
    path.parent.rmdir()
    path.parent.symlink_to(elsewhere)


@pytest.mark.parametrize(
    "leave",
    [to_the_environment, folder_elsewhere, os.mkfifo, Path.mkdir, lambda path: None],
    ids=["link", "folder", "pipe", "directory", "nothing"],
)
def test_what_is_no_file_of_the_folder_is_refused(tmp_path, leave):
    path = tmp_path / "theirs/reports/gate.json"
    path.parent.mkdir(parents=True)
    leave(path)
    with pytest.raises(MainlineError, match=r"left no file gate\.json"):
        left_behind.read(path, tmp_path / "theirs")


def test_a_link_inside_the_folder_is_a_file(tmp_path):
    (tmp_path / "kept").write_text("{}")
    (tmp_path / "gate.json").symlink_to("kept")
    assert left_behind.read(tmp_path / "gate.json", tmp_path) == "{}"


@pytest.fixture
def leaving(seeded, monkeypatch) -> Callable[[Callable[[Layout], None]], dict]:
    """A function: what a judging process leaves beside an open verdict, to the outcome."""

    def judge(leave: Callable[[Layout], None]) -> dict:
        def run_child(root: Path, model: Path, *_: object) -> None:
            layout = Layout(model)
            verdict = Verdict("proposal", "", [Rule("size", PASS, "")])
            write_json(layout.verdict, verdict.to_json())
            layout.comment.write_text("## ✅ The gate is open: made up.\n")
            leave(layout)

        monkeypatch.setattr(judging, "_run_child", run_child)
        seeded.upload(seeded.pack())
        seeded.receive()
        return seeded.judge()

    return judge


@pytest.mark.parametrize("report", ["verdict", "comment"])
def test_the_parent_s_environment_is_in_nothing_that_is_handed_on(
    leaving, seeded, monkeypatch, report
):
    monkeypatch.setenv("SECRET", SECRET)

    def leave(layout: Layout) -> None:
        getattr(layout, report).unlink()
        to_the_environment(getattr(layout, report))

    outcome = leaving(leave)
    assert not outcome["open"]
    kept = [path for path in (seeded.folder / "judged").rglob("*") if path.is_file()]
    assert kept
    assert all(SECRET not in path.read_text() for path in kept)


def test_git_is_not_started_there_again_whose_settings_may_name_a_program(
    leaving, monkeypatch, tmp_path
):
    traced = tmp_path / "traced"

    def trace(layout: Layout) -> None:
        monkeypatch.setenv("GIT_TRACE2_EVENT", str(traced))
        Git(layout.top).run("status")
        assert f'"worktree":"{layout.top}"' in traced.read_text()  # so a trace shows it
        traced.unlink()

    assert leaving(trace)["open"]
    assert not traced.exists() or "received/tree" not in traced.read_text()
