"""A proposal as CI meets it: a branch of a bare origin, a DVC remote, GitHub on the loopback."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from mainline.core.layout import Layout
from mainline.proposal import propose
from mainline.registry import repository
from project import Project

PULL = {
    "number": 7,
    "head": {"sha": "c0ffee" * 6 + "1234", "ref": "proposal", "repo": {"full_name": "o/r"}},
    "base": {"ref": "main", "repo": {"full_name": "o/r"}},
}


@pytest.fixture
def registry(monkeypatch, serve):
    """Where `registry.example`, the registry of the small project, is for this test."""
    stub = serve()
    monkeypatch.setitem(repository.ENDPOINTS, "registry.example", stub.host)
    return stub


EASY = {"train.seed": 42}


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
def remoted(remoted_project: Project, monkeypatch: pytest.MonkeyPatch, github, registry, event):
    """The project with origin and remote, on a branch with a pull request; CML is out of reach."""
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
    return remoted_project


@pytest.fixture
def seeded(remoted: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A proposal whose lock was left behind. Its training is short: another test did it before."""

    def train(root: Path, **_: object) -> list[str]:
        remoted.retrain(**EASY)
        return ["train", "evaluate", "package", "release"]

    remoted.set(**EASY)
    remoted.commit("Another seed")
    monkeypatch.setattr(propose, "reproduce", train)
    return remoted


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch):
    """The gate says yes: for what comes after it."""

    def judge(root: Path, **_: object) -> SimpleNamespace:
        comment = Layout(root).comment
        comment.parent.mkdir(exist_ok=True)
        comment.write_text("## ✅ The gate is open: made up.\n\nFigures.\n")
        return SimpleNamespace(open=True)

    monkeypatch.setattr(propose, "judge", judge)
    monkeypatch.setattr(propose.record, "describe", lambda _: "not recorded")


@pytest.fixture
def untrained(monkeypatch: pytest.MonkeyPatch):
    """Training would be a failure of the test."""
    monkeypatch.setattr(propose, "reproduce", lambda *_, **__: pytest.fail("trained"))


@pytest.fixture
def comment(github):
    """The one comment there is."""

    def read() -> str:
        [body] = github.bodies("mainline-proposal")
        return body

    return read
