"""A project on main with rows of two days, its origin, and GitHub; no model is trained."""

import json
import subprocess
from pathlib import Path

import pytest
from newer import JULY, JUNE, PARAMS, TODAY, Small

from github_stub import GitHub
from mainline.core.layout import Layout
from mainline.data import catalogue, ingest
from mainline.retraining import retrain
from repository import commit, repository


@pytest.fixture
def small(tmp_path, monkeypatch) -> Small:
    root, origin = tmp_path / "project", tmp_path / "origin.git"
    root.mkdir()
    found = Small(root, repository(root))
    (root / "params.yaml").write_text(PARAMS)
    (root / "dvc.yaml").write_text("stages: {}\n")
    (root / ".gitignore").write_text("/reports/\n/rows-*\n")
    found.rows(JUNE, 40)
    found.rows(JULY, 60)
    commit(found.git)
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(origin)], check=True)
    found.git.run("remote", "add", "origin", str(origin))
    found.save()
    main = found.main()
    raw, frame = ingest.read(root, main.data, main.table)
    entry = catalogue.entry(frame, raw, main.table, main.data.as_of)
    Layout(root).catalogue.parent.mkdir()
    Layout(root).catalogue.write_text(json.dumps(entry))
    found.save()
    monkeypatch.setattr(retrain, "_today", lambda: TODAY)
    return found


@pytest.fixture
def job(small: Small, github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The variables of a job of retrain.yml."""
    for name, value in {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": github.url,
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_REPOSITORY": "o/r",
        "GITHUB_TOKEN": "secret-token",
        "GITHUB_RUN_ID": "5",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def started(small: Small, job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """`retrain --dispatched --push` after an event."""

    def run(event: str = "workflow_dispatch", sender: str = "ada", **inputs: str) -> None:
        about = {"sender": {"login": sender}, "inputs": inputs}
        (tmp_path / "event.json").write_text(json.dumps(about))
        monkeypatch.setenv("GITHUB_EVENT_NAME", event)
        monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event.json"))
        retrain.run(small.root, dispatched=True, push=True)

    return run
