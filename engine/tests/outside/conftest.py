"""A pull request whose training ran: origin, DVC remote, GitHub with the run and its artifact."""

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from github_stub import GitHub
from mainline.core.files import remove, write_json
from mainline.core.layout import Layout
from mainline.gate.verdict import PASS, Rule, Verdict
from mainline.outside import judging, keeping, receive, repackaging
from mainline.outside.exported import EQUAL, Exported
from mainline.outside.judged import digest
from mainline.outside.received import ABOUT, Received
from mainline.proposal import pack
from mainline.registry import repository
from project import Project, stored

JOBS = {"scope": "success", "lint": "success", "test": "success", "train": "success"}
EASY = {"train.seed": 42}
PACKED = "reports-proposed"


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

    @property
    def packed(self) -> Path:
        return self.folder / PACKED

    def packs(self) -> bool:
        """Run the job `train`."""
        return pack.run(self.theirs.root, self.packed, "origin/main")

    def pack(self) -> Path:
        """What a job `train` of this head that ends well hands over."""
        about = self.packed / "proposed.json"
        assert (about.exists() and self.head in about.read_text()) or self.packs()
        return self.packed

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

    def repackage(self) -> str:
        """The output of the job, empty when it has none."""
        said = self.folder / "output"
        said.write_text("")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GITHUB_OUTPUT", str(said))
            repackaging.run(self.main.root, received=self.folder / "received")
        return said.read_text().strip().removeprefix("result=")

    def keep(
        self, *needs: str, repackaged: str | None = None, named: str = ""
    ) -> dict[str, tuple[str, str]]:
        """The statuses by commit; with what honest jobs have said, if nothing else is given."""
        received, judged = self.folder / "received", self.folder / "judged"
        if repackaged is None and (received / ABOUT).is_file():
            about = Received.read(received)
            repackaged = Exported(about.head, about.artifact, EQUAL, "").line()
        keeping.run(
            self.main.root,
            received=received,
            judged=judged,
            digest=named or digest(judged),
            repackaged=repackaged or "",
            needs=list(needs),
        )
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


def _prepared(folder: Path, shared: Path) -> None:
    """Proposal, main, origin and DVC remote beside each other; no model is proposed yet."""
    kept = stored("remoted", shared)
    for name in ("origin.git", "storage"):
        shutil.copytree(kept.root.parent / name, folder / name)
    kept.copy(folder / "project")
    main = kept.copy(folder / "main")
    main.git("switch", "-q", "main")
    shutil.rmtree(main.root / ".dvc/cache", ignore_errors=True)
    for name in ("data/table.parquet", "data/split", "models", "dist"):
        remove(main.root / name)


def _packed(folder: Path, shared: Path) -> None:
    """The same with a proposal whose lock was left behind, and what its training hands over."""
    _prepared(folder, shared)
    theirs = Project(folder / "project", shared / "variants")
    theirs.set(**EASY)
    theirs.commit("Another seed")
    theirs.git("push", "-q", str(folder / "origin.git"), "HEAD:proposal")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pack, "reproduce", _training(theirs))
        patch.setattr(pack.record, "describe", lambda _: "not recorded")
        pack.run(theirs.root, folder / PACKED, "origin/main")


def _training(theirs: Project) -> Callable[..., list[str]]:
    """A training that is short: another test did it before."""

    def train(root: Path, **_: object) -> list[str]:
        theirs.retrain(**EASY)
        return ["train", "evaluate", "package", "release"]

    return train


@pytest.fixture
def copied(shared: Path, tmp_path: Path, github: GitHub, registry, job):
    """A copy of what is made once per test run, with its pull request."""

    def copy(name: str, make: Callable[[Path, Path], None]) -> Proposed:
        kept = shared / "outside" / name
        kept.parent.mkdir(exist_ok=True)
        with FileLock(f"{kept}.lock"):
            if not kept.exists():
                partial = kept.with_name(f"{name}.partial")
                shutil.rmtree(partial, ignore_errors=True)
                partial.mkdir()
                make(partial, shared)
                partial.rename(kept)
        for each in kept.iterdir():
            shutil.copytree(each, tmp_path / each.name, symlinks=True)
        found = Proposed(
            Project(tmp_path / "main", shared / "variants"),
            Project(tmp_path / "project", shared / "variants"),
            github,
            tmp_path,
        )
        for project in (found.main, found.theirs):
            project.git("remote", "set-url", "origin", str(tmp_path / "origin.git"))
        github.propose("proposal")["head"]["sha"] = found.head
        return found

    return copy


@pytest.fixture
def proposed(copied) -> Proposed:
    """A pull request that proposes nothing yet."""
    return copied("prepared", _prepared)


@pytest.fixture
def seeded(copied, monkeypatch: pytest.MonkeyPatch) -> Proposed:
    """A proposal whose lock was left behind, packed already."""
    found = copied("packed", _packed)
    monkeypatch.setattr(pack, "reproduce", _training(found.theirs))
    monkeypatch.setattr(pack.record, "describe", lambda _: "not recorded")
    return found


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch):
    """The gate says yes: for what comes before and after it."""

    def run_child(root: Path, model: Path, about: object, received: Path) -> None:
        layout = Layout(model)
        write_json(layout.verdict, Verdict("proposal", "", [Rule("size", PASS, "")]).to_json())
        layout.comment.write_text("## ✅ The gate is open: made up.\n\nFigures.\n")

    monkeypatch.setattr(judging, "_run_child", run_child)
