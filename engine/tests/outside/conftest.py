"""A pull request whose training ran: origin, DVC remote, GitHub with the run and its artifact."""

import io
import json
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from github_stub import GitHub
from mainline.core.layout import Layout
from mainline.outside import judging, keeping, receive
from mainline.proposal import pack
from mainline.registry import repository
from project import Project

JOBS = {"scope": "success", "lint": "success", "test": "success", "train": "success"}
EASY = {"train.seed": 42}


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch, github: GitHub):
    """The variables of a job of main's; CML is out of reach."""
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


@dataclass
class Proposed:
    """The proposal in `theirs`, where training runs; `main` is what judge.yml checks out."""

    main: Project
    theirs: Project
    github: GitHub
    folder: Path

    @property
    def head(self) -> str:
        return self.theirs.git("rev-parse", "HEAD").strip()

    def commit(self, message: str = "Change") -> str:
        """Commit and push; the pull request is at the new head."""
        made = self.theirs.commit(message)
        self.theirs.git("push", "-q", "--force", "origin", "HEAD:proposal")
        self.pull["head"]["sha"] = made
        return made

    @property
    def pull(self) -> dict:
        return self.github.pulls[0]

    def pack(self) -> Path:
        """What the job `train` hands over."""
        into = self.folder / "reports-proposed"
        assert pack.run(self.theirs.root, into, "origin/main")
        return into

    def upload(self, folder: Path | None, jobs: dict[str, str] | None = None, **run: object) -> int:
        """A run that is over, with this artifact."""
        about = self.github.run(
            self.head, jobs or JOBS, head_branch="proposal", pull_requests=[self.listed()], **run
        )
        if folder is not None:
            self.github.upload(about["id"], "proposed", zipped(folder))
        return about["id"]

    def listed(self) -> dict:
        return {"number": self.pull["number"], "base": {"ref": "main"}}

    def receive(self) -> Path:
        into = self.folder / "received"
        shutil.rmtree(into, ignore_errors=True)
        receive.run(self.main.root, into=into, pr=self.pull["number"])
        return into

    def judge(self) -> dict:
        """The outcome, with the comment in it."""
        out = self.folder / "judged"
        judging.run(self.main.root, received=self.folder / "received", out=out)
        found = json.loads((out / "outcome.json").read_text())
        return found | {"comment": (out / "comment.md").read_text()}

    def keep(self, *needs: str) -> dict[str, tuple[str, str]]:
        """The statuses by commit."""
        received, judged = self.folder / "received", self.folder / "judged"
        keeping.run(self.main.root, received=received, judged=judged, needs=list(needs))
        return {it["sha"]: (it["context"], it["state"]) for it in self.github.statuses}


def zipped(folder: Path) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as opened:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                opened.write(path, path.relative_to(folder).as_posix())
    return written.getvalue()


@pytest.fixture
def registry(monkeypatch, serve):
    """Where `registry.example`, the registry of the small project, is for this test."""
    stub = serve()
    monkeypatch.setitem(repository.ENDPOINTS, "registry.example", stub.host)
    return stub


@pytest.fixture
def proposed(remoted_project: Project, tmp_path: Path, github: GitHub, registry, job) -> Proposed:
    """A pull request that proposes nothing yet."""
    theirs = remoted_project
    theirs.git("remote", "set-url", "origin", str(tmp_path / "origin.git"))
    main = theirs.copy(tmp_path / "main")
    main.git("switch", "-q", "main")
    shutil.rmtree(main.root / ".dvc/cache", ignore_errors=True)
    for name in ("data/table.parquet", "data/split", "models", "dist"):
        place = main.root / name
        shutil.rmtree(place) if place.is_dir() else place.unlink()
    github.propose("proposal")
    return Proposed(main, theirs, github, tmp_path)


@pytest.fixture
def seeded(proposed: Proposed, monkeypatch: pytest.MonkeyPatch) -> Proposed:
    """A proposal whose lock was left behind. Its training is short: another test did it before."""

    def train(root: Path, **_: object) -> list[str]:
        proposed.theirs.retrain(**EASY)
        return ["train", "evaluate", "package", "release"]

    proposed.theirs.set(**EASY)
    proposed.commit("Another seed")
    monkeypatch.setattr(pack, "reproduce", train)
    return proposed


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch):
    """The gate says yes: for what comes before and after it."""

    def run_child(root: Path, model: Path, about: object) -> None:
        layout = Layout(model)
        layout.verdict.parent.mkdir(exist_ok=True)
        layout.verdict.write_text('{"open": true}')
        layout.comment.write_text("## ✅ The gate is open: made up.\n\nFigures.\n")

    monkeypatch.setattr(judging, "_run_child", run_child)
