"""A proposal on a laptop: a branch of a bare origin, a DVC remote, GitHub on the loopback."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from mainline.core.layout import Layout
from mainline.proposal import propose
from project import Project

EASY = {"train.seed": 42}


@pytest.fixture
def remoted(remoted_project: Project, monkeypatch: pytest.MonkeyPatch, github) -> Project:
    """The project with origin and remote, on a branch."""
    monkeypatch.setenv("GITHUB_API_URL", github.url)
    monkeypatch.setenv("GITHUB_REPOSITORY", "o/r")
    monkeypatch.setenv("GITHUB_TOKEN", "secret-token")
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
def comment(remoted: Project) -> Callable[[], str]:
    """What CI would comment."""
    return Layout(remoted.root).comment.read_text
