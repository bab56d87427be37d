"""The last run's verdict is told again while nothing has changed, and not a moment longer."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from mainline.core.layout import Layout
from mainline.gate.verdict import Rule, Verdict
from mainline.git import Git
from mainline.pipeline import anew, last
from repository import commit, repository

SAID = "The gate is open."
LOCK = """
stages:
  train:
    deps: [{path: src/network.py}, {path: raw.csv}]
    outs: [{path: data/table.parquet}, {path: dist/model}, {path: metrics/evaluation.json}]
"""
FILES = {
    "params.yaml": "data: {as_of: '2026-06-30', source: {kind: python}}\n",
    "dvc.lock": LOCK,
    "src/network.py": "layers = 1\n",
    "metrics/evaluation.json": "{}",
    # From here on git ignores them.
    "raw.csv": "a\n1\n",
    "data/table.parquet": "rows",
    "dist/model/saved_model.pb": "graph",
    "reports/gate.json": '{"open": true}',
    "reports/comment.md": "## open",
    ".dvc/config.local": "",
    "mlflow.db": "runs",
    "elsewhere/table.csv": "a\n1\n",
    ".dvc/cache/files/md5/ab/01": "",
}
WATCHED = FILES.keys() - {"elsewhere/table.csv"}
IGNORED = """
raw.csv
/data/
/dist/
/reports/
config.local
/.dvc/cache/
mlflow.db
/elsewhere/
__pycache__/
"""
ASKED = {"against": None, "retrain": False}


@pytest.fixture(autouse=True)
def outside_ci(monkeypatch):
    monkeypatch.delenv("CI", raising=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout after a run that said `SAID`."""
    root = tmp_path / "checkout"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / ".gitignore").write_text(IGNORED)
    git = repository(root)
    commit(git)
    git.run("switch", "-q", "-c", "proposal")
    kept(root)
    return root


def kept(root: Path) -> None:
    last.keep(root, SAID, last.state(root, **ASKED))


def told(root: Path, **asked: object) -> str | None:
    return last.told(root, **(ASKED | asked))


def test_nothing_has_changed(root):
    said = told(root)
    assert said.startswith("Nothing has changed since the last run (20")
    assert "this is its verdict" in said.splitlines()[0]
    assert said.endswith(SAID)


@pytest.mark.parametrize("name", sorted(WATCHED - {"mlflow.db", ".dvc/cache/files/md5/ab/01"}))
def test_a_file_that_was_changed_and_given_its_size_and_time_back(root, name):
    path = root / name
    before = path.stat()
    path.write_text(path.read_text()[::-1])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert told(root) is None


@pytest.mark.parametrize("name", sorted(WATCHED))
def test_a_file_that_is_gone(root, name):
    (root / name).unlink()
    assert told(root) is None


@pytest.mark.parametrize(
    "name", ["src/new.py", "dist/model/more", "new.txt", ".dvc/cache/files/md5/ab/cd"]
)
def test_a_file_that_is_new(root, name):
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text("new")
    assert told(root) is None


@pytest.mark.parametrize("name", ["reports/page.html", "src/__pycache__/network.pyc", "mlflow.db"])
def test_a_file_that_no_verdict_depends_on(root, name):
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_text("another")
    assert told(root)


@pytest.mark.parametrize(
    "arguments",
    [
        ("commit", "-q", "--allow-empty", "-m", "HEAD is another"),
        ("branch", "-f", "main", "HEAD~0"),
        ("update-ref", "refs/remotes/origin/main", "HEAD"),
        ("switch", "-q", "-c", "another-branch"),
    ],
)
def test_git_that_has_moved(root, arguments):
    git = repository(root)
    if arguments[0] == "branch":
        tree = git.run("rev-parse", "HEAD^{tree}").strip()
        arguments = ("branch", "-f", "main", git.run("commit-tree", tree, "-m", "Another").strip())
    git.run(*arguments)
    assert told(root) is None


@pytest.mark.parametrize("asked", [{"retrain": True}, {"against": "main"}])
def test_another_question(root, asked):
    assert told(root, **asked) is None


@pytest.mark.parametrize(
    ("name", "value"), [("CI", "true"), ("CI", "1"), ("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")]
)
def test_another_environment(root, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert told(root) is None


def test_another_engine_or_package(root, monkeypatch, tmp_path):
    (tmp_path / "engine.py").write_text("")
    with monkeypatch.context() as patch:
        patch.setattr(last, "ENGINE", tmp_path)
        assert told(root) is None
    assert told(root) is not None
    monkeypatch.setattr(last.sysconfig, "get_path", lambda _: str(tmp_path))
    assert told(root) is None


def test_another_folder(root):
    moved = root.rename(root.with_name("moved"))
    assert told(moved) is None


@pytest.mark.parametrize("changed", [{"said": "Open!"}, {"when": "now"}])
def test_what_was_kept_was_changed(root, changed):
    found = json.loads(Layout(root).last_run.read_text())
    Layout(root).last_run.write_text(json.dumps(found | {"told": found["told"] | changed}))
    assert told(root) is None


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"key": null}', '{"key": 1, "told": {"said": 1}}']
)
def test_what_was_kept_is_damaged(root, text):
    Layout(root).last_run.write_text(text)
    assert told(root) is None


@pytest.mark.parametrize("name", ["params.yaml", "dvc.lock"])
@pytest.mark.parametrize("text", ["", "[]", "data: 1", "stages: 1", "stages: {a: 1}", "{", "\0"])
def test_damaged_settings_are_for_the_loop_to_explain(root, name, text):
    (root / name).write_text(text)
    assert told(root) is None


@pytest.mark.parametrize(
    "source",
    [
        "{kind: file, path: 'https://example.com/rows.csv'}",
        "{kind: sql, url: 'sqlite:///rows.db', query: select}",
    ],
)
def test_rows_that_may_change_unseen(root, source):
    (root / "params.yaml").write_text(f"data: {{as_of: '2026-06-30', source: {source}}}\n")
    assert last.state(root, **ASKED) is None


@pytest.mark.parametrize("path", ["elsewhere/table.csv", "elsewhere", "elsewhere/*.csv"])
def test_rows_of_a_file_or_a_folder(root, path):
    (root / "params.yaml").write_text(
        f"data: {{as_of: '2026-06-30', source: {{kind: file, path: '{path}'}}}}\n"
    )
    kept(root)
    assert told(root)
    (root / "elsewhere/table.csv").write_text("a\n2\n")
    assert told(root) is None


def test_a_stage_that_depends_on_something_far_away(root):
    (root / "dvc.lock").write_text("stages: {train: {deps: [{path: s3://bucket/rows}]}}\n")
    assert last.state(root, **ASKED) is None


def test_an_edit_while_the_loop_ran(root):
    begun = last.state(root, **ASKED)
    for made in ("data/table.parquet", ".dvc/cache/files/md5/ab/02", "dvc.lock", "mlflow.db"):
        (root / made).write_text(LOCK)
    assert begun.same_inputs(last.state(root, **ASKED))
    (root / "src/network.py").write_text("layers = 2\n")
    assert not begun.same_inputs(last.state(root, **ASKED))


def closed_by(rule: str) -> Verdict:
    return Verdict("proposal", "", [Rule(rule, "fail", "")])


OPEN = Verdict("proposal", "", [Rule("bars", "pass", "")])
PLACES = ["served    model version 1", "tracking  recorded in MLflow"]


ALONE = Verdict("proposal", "", OPEN.rules, champion={"paired": False})
UNSEEN = Verdict("same", "", OPEN.rules, measured={"drift": {"problem": "no champion"}})


@pytest.fixture
def remote(root):
    """A DVC remote, which may answer tomorrow."""
    (root / ".dvc/config").write_text("[core]\n    remote = far\n")


@pytest.mark.parametrize("verdict", [OPEN, ALONE, UNSEEN])
def test_a_verdict_is_settled(root, verdict):
    assert anew._settled(Git(root), verdict, PLACES)


@pytest.mark.parametrize("file", [".dvc/config", ".dvc/config.local"])
@pytest.mark.parametrize("text", ["[core]\n    remote = far\n", "[cache]\n    dir = /elsewhere\n"])
def test_a_champion_that_may_come_from_elsewhere(root, file, text):
    (root / file).write_text(text)
    assert not anew._settled(Git(root), ALONE, PLACES)


def test_a_champion_that_the_remote_of_main_may_have(root):
    (root / ".dvc/config").write_text("[core]\n    remote = far\n")
    commit(repository(root))
    (root / ".dvc/config").unlink()
    here = Git(root).known("HEAD")
    assert not anew._settled(Git(root), replace(ALONE, against=here), PLACES)


@pytest.mark.parametrize(
    ("verdict", "places"),
    [
        (closed_by("bars"), PLACES),
        (closed_by("champion"), PLACES),
        (ALONE, PLACES),
        (UNSEEN, PLACES),
        (OPEN, [PLACES[0], "tracking  not recorded: no answer"]),
        (OPEN, ["served    no prediction: it does not load", PLACES[1]]),
    ],
)
def test_what_another_run_may_find_otherwise_is_not_kept(root, remote, verdict, places):
    assert not anew._settled(Git(root), verdict, places)


def test_a_verdict_is_settled_with_a_remote(root, remote):
    assert anew._settled(Git(root), OPEN, PLACES)


def test_a_link_to_a_folder_is_not_watched(root):
    (root / "dist/model/linked").symlink_to(root / "elsewhere")
    assert last.state(root, **ASKED) is None


def test_another_renderer(root, monkeypatch):
    monkeypatch.setattr(last.shutil, "which", lambda name: f"/opt/{name}")
    assert told(root) is None
