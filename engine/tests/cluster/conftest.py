"""A repository and a DVC remote, as a pod meets them, and GitHub on the loopback."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

from git_server import GitServer
from github_stub import GitHub
from mainline.cluster import task_check, task_propose, task_stages
from mainline.core.layout import Layout
from mainline.git import Git
from project import SMALL
from repository import commit
from tiny_pipeline import IGNORED, Tiny, release

TOKEN = "the-token-of-the-pod"
REMOTE = "[core]\n    analytics = false\n    remote = r\n['remote \"r\"']\n    url = {url}\n"
OPEN, CLOSED = "The gate is open: made up.", "The gate is closed: quality."


@dataclass
class Cluster:
    """`author` is a person's checkout; pods start in folders of their own below `home`."""

    author: Tiny
    home: Path
    git: GitServer
    github: GitHub
    pods: int = 0
    open: bool = True
    retrains: list[bool] = field(default_factory=list)  # whether the gate was asked for better

    def pod(self) -> Path:
        """An empty folder to work in."""
        self.pods += 1
        made = self.home / f"pod-{self.pods}"
        made.mkdir()
        return made

    def check(self, revision: str, branch: str | None = None) -> str:
        """What the pod of `task check` does. Returns the commit that it hands on."""
        handed = self.home / "commit"
        about = {"revision": revision, "branch": branch, "directory": self.directory}
        task_check.run(self.pod(), **about, commit_file=handed)
        return handed.read_text()

    def stages(self, revision: str, stages: str = "ingest") -> None:
        """What the pod of `task stages` does."""
        task_stages.run(self.pod(), revision=revision, stages=stages, directory=self.directory)

    def propose(self, revision: str, stages: str = "train", **options: str | None) -> None:
        """What the pod of `task propose` does."""
        about = {"revision": revision, "stages": stages, "directory": self.directory}
        task_propose.run(self.pod(), **about, **options)

    @property
    def directory(self) -> Path:
        return Layout(self.author.root).directory

    @property
    def origin(self) -> Git:
        return Git(self.git.root / "o/r")

    def push(self, branch: str = "main", message: str = "Change") -> str:
        """The author commits everything and pushes it. Returns the commit."""
        made = commit(self.author.git, message)
        url = str(self.origin.root)
        self.author.git.run("push", "-q", "--force", url, f"HEAD:refs/heads/{branch}")
        return made

    def tip(self, branch: str) -> str:
        """The newest commit of a branch of the repository; empty when there is none."""
        return self.origin.resolve(f"refs/heads/{branch}") or ""

    def branches(self) -> list[str]:
        return self.origin.run("for-each-ref", "--format=%(refname:short)").split()


@pytest.fixture
def cluster(request, tmp_path, monkeypatch):
    """A pipeline whose training takes a second, not released yet; the gate's verdict is made up."""
    author = Tiny.create(tmp_path, getattr(request, "param", "."))
    author.enter(monkeypatch)
    author.write(Layout.params, (SMALL / Layout.params).read_text())
    author.write("release.txt", release(1).render())
    author.write(".gitignore", f"{IGNORED}/reports/\n")
    author.share(Layout.dvc_config, REMOTE.format(url=tmp_path / "storage"))
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "origins/o/r")], check=True)
    git, github = GitServer(tmp_path / "origins", TOKEN), GitHub()
    made = Cluster(author, tmp_path, git, github)
    made.push(message="Code")
    for name, value in {
        "REPOSITORY": f"{git.url}/o/r",
        "GITHUB_REPOSITORY": "o/r",
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_API_URL": github.url,
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GITHUB_SERVER_URL", "")  # so that its end removes what a task sets
    monkeypatch.delenv("GITHUB_SERVER_URL", raising=False)

    def judge(root: Path, *, retrain: bool, **_: object) -> SimpleNamespace:
        made.retrains.append(retrain)
        headline = OPEN if made.open else CLOSED
        Layout(root).comment.parent.mkdir(exist_ok=True)
        Layout(root).comment.write_text(f"## {headline}\n\nFigures.\n")
        return SimpleNamespace(open=made.open, headline=headline)

    monkeypatch.setattr(task_propose, "judge", judge)
    yield made
    git.close()
    github.close()
