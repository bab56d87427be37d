"""A proposal as CI meets it: a branch of a bare origin, a DVC remote, GitHub on the loopback."""

import json
from pathlib import Path

import pytest

from customer_churn.forge.api import Api
from github_stub import GitHub
from project import Project

PULL = {
    "number": 7,
    "head": {"sha": "", "ref": "proposal", "repo": {"full_name": "o/r"}},
    "base": {"ref": "main", "repo": {"full_name": "o/r"}},
}


@pytest.fixture
def github():
    stub = GitHub()
    yield stub
    stub.close()


@pytest.fixture
def api(github):
    return Api(github.url, "o/r", "secret-token", timeout=5, sleep=lambda seconds: None)


@pytest.fixture
def event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Set an event as GitHub Actions would."""

    def set_event(name: str, about: dict) -> None:
        path = tmp_path / "event.json"
        path.write_text(json.dumps(about))
        monkeypatch.setenv("GITHUB_EVENT_NAME", name)
        monkeypatch.setenv("GITHUB_EVENT_PATH", str(path))

    return set_event


@pytest.fixture
def remoted(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, github, event):
    """The project with origin and remote, on a branch with a pull request; CML is out of reach."""
    origin = tmp_path / "origin.git"
    project.git("init", "-q", "--bare", "-b", "main", str(origin))
    project.git("remote", "add", "origin", str(origin))
    project.git("switch", "-q", "main")
    project.dvc("remote", "add", "--default", "storage", str(tmp_path / "storage"))
    project.commit("Remote")
    project.dvc("push", "-q")
    project.git("push", "-q", "origin", "main")
    project.git("switch", "-q", "-C", "proposal")
    project.git("fetch", "-q", "origin")
    event("pull_request", {"pull_request": PULL})
    for name, value in {
        "CI": "true",
        "GITHUB_API_URL": github.url,
        "GITHUB_SERVER_URL": github.url,
        "GITHUB_REPOSITORY": "o/r",
        "GITHUB_TOKEN": "secret-token",
        "GITHUB_RUN_ID": "5",
        "PATH": "/usr/bin:/bin",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("PUSH_TOKEN", "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "MLFLOW_TRACKING_URI"):
        monkeypatch.delenv(name, raising=False)
    return project
