"""What git says, read so that no name of a file changes what we understand."""

from pathlib import Path

import pytest

from mainline.core.errors import MainlineError
from mainline.git import Git, below
from repository import commit, repository


@pytest.fixture
def git(tmp_path):
    made = repository(tmp_path)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "network.py").write_text("a\n" * 50)
    commit(made)
    return made


def test_a_renamed_file_is_one_that_went_and_one_that_came(git):
    (git.root / "elsewhere").mkdir()
    git.run("mv", "model/network.py", "elsewhere/network.py")
    assert sorted(path for path, _, _ in git.changed("HEAD")) == [
        "elsewhere/network.py",
        "model/network.py",
    ]


@pytest.mark.parametrize(
    "name", ["Größe.py", "two words.py", 'quo"te.py', "tab\tbed.py", "a\nb.py"]
)
@pytest.mark.parametrize("tracked", [True, False])
def test_every_name_is_read_as_it_is(git, name, tracked):
    (git.root / name).write_text("one\n")
    if tracked:
        git.run("add", "-A")
    assert git.changed("HEAD") == [(name, 1, 0)]


def test_a_failure_says_what_was_asked_and_why(git):
    with pytest.raises(MainlineError, match=r"`git show nowhere` failed: .*nowhere"):
        git.run("show", "nowhere")
    assert git.run("show", "nowhere", check=False) == ""


def test_a_file_at_many_revisions_is_what_it_was_at_each(git):
    seen = {git.run("rev-parse", "HEAD").strip(): None}
    for text in ("one\n", "no end", "", "\n\n", "ü 3 blob 4\n"):
        (git.root / "file").write_text(text)
        seen[commit(git)] = text
    (git.root / "file").unlink()
    (git.root / "file").mkdir()
    (git.root / "file/inside").write_text("a folder is no file\n")
    seen[commit(git)] = None
    (git.root / "file/inside").unlink()
    seen[commit(git)] = None
    seen["0" * 40] = None
    (git.root / "file").rmdir()
    (git.root / "file").write_text("last\n")
    seen[commit(git)] = "last\n"
    assert git.texts(list(seen), Path("file")) == list(seen.values())
    assert git.texts([], Path("file")) == []


@pytest.mark.parametrize("end", ["\u2028", "\x85", "\x0c", "\x1c", "\r"])
def test_a_subject_may_hold_what_python_takes_for_the_end_of_a_line(git, end):
    (git.root / "file").write_text("one\n")
    git.run("add", "-A")
    git.run("commit", "-q", "-m", f"Better{end}model")
    [found] = git.line("HEAD", Path("file"))
    assert found.subject == f"Better{end}model"


def test_a_file_at_a_commit_is_asked_of_git_once(git, monkeypatch):
    head = git.resolve("HEAD")
    assert git.show(head, Path("model/network.py")) == "a\n" * 50
    assert git.show(head, Path("nowhere.py")) is None
    monkeypatch.setattr(Git, "_call", lambda *_, **__: pytest.fail("git was asked again"))
    assert git.show(head, Path("model/network.py")) == "a\n" * 50
    assert git.show(head, Path("nowhere.py")) is None


def test_a_file_at_a_name_is_asked_each_time(git):
    (git.root / "model/network.py").write_text("b\n")
    assert git.show("HEAD", Path("model/network.py")) == "a\n" * 50
    commit(git)
    assert git.show("HEAD", Path("model/network.py")) == "b\n"


def test_a_commit_that_is_fetched_later_is_found_then(git, tmp_path_factory):
    there = repository(tmp_path_factory.mktemp("there"))
    (there.root / "new").write_text("new\n")
    new = commit(there)
    with pytest.raises(MainlineError):
        git.show(new, Path("new"))
    git.run("fetch", "-q", str(there.root), new)
    assert git.show(new, Path("new")) == "new\n"


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("metrics", True),
        ("metrics/a/b.json", True),
        ("dvc.lock", True),
        ("metrics_x.json", False),
        ("dvc.lock.orig", False),
        ("a/metrics/b.json", False),
    ],
)
def test_a_path_is_matched_as_a_path(path, inside):
    assert below(path, ("dvc.lock", "metrics")) is inside
