"""A small project with git, DVC and real models, driven in this process to save start-up time.

Its states (`STATES`) are made once per test run: tests copy them, or read them where they are.
"""

import hashlib
import importlib
import os
import shutil
import subprocess
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import yaml
from filelock import FileLock

from mainline.stages import STAGES
from this_engine import this_engine

ROOT = Path(__file__).parents[2]
SMALL = Path(__file__).parent / "small"
MOST_FILES = 140  # of a new project, after its first run
EXAMPLES = ROOT / "engine/examples"
MODEL_STAGES = ("train", "evaluate", "package", "release")
RELEASE = "k8s/overlays/staging/release.yaml"
OUTPUTS = ("data/split", "models", "dist", "metrics", "plots", RELEASE)

ROWS = "rows-{as_of}.parquet"
FILE = {"kind": "file", "path": ROWS}
SIMULATOR = yaml.safe_load((SMALL / "params.yaml").read_text())["data"]["source"]
POOR = {"train.epochs": 1, "train.options.hidden": [1], "train.learning_rate": 0.00001}


class Project:
    """A directory in which stages run and commits are made."""

    def __init__(self, root: Path, store: Path) -> None:
        self.root = root
        self.store = store

    @classmethod
    def create(cls, root: Path, store: Path) -> "Project":
        shutil.copytree(SMALL, root, ignore=shutil.ignore_patterns("__pycache__"))
        from mainline.snapshots import keep  # noqa: PLC0415  SQLAlchemy takes its time

        keep.prepare(root)
        this_engine().write(root)
        project = cls(root, store)
        project.git("init", "-q", "-b", "main")
        project.git("config", "user.name", "Tester")
        project.git("config", "user.email", "tester@example.com")
        project.dvc("init", "-q")
        # Not the one of this repository: whoever follows the README has a remote in there.
        (root / ".dvc" / "config").write_text("[core]\n    analytics = false\n")
        shutil.copy2(SMALL / ".dvcignore", root / ".dvcignore")
        return project

    def copy(self, target: Path) -> "Project":
        shutil.copytree(self.root, target, symlinks=True)
        return Project(target, self.store)

    def set(self, **values: object) -> None:
        """Set dotted keys of params.yaml: set(**{"train.epochs": 1})."""
        path = self.root / "params.yaml"
        params = yaml.load(path.read_text(), yaml.CSafeLoader)
        for dotted, value in values.items():
            *parents, last = dotted.split(".")
            section = params
            for parent in parents:
                section = section[parent]
            section[last] = value
        path.write_text(yaml.dump(params, Dumper=yaml.CSafeDumper, sort_keys=False))

    def run(self, *stages: str) -> None:
        """Run stages (all when none is named) and let DVC take note, as `dvc repro` would."""
        for stage in stages or STAGES:
            importlib.import_module(STAGES[stage]).run(self.root)
        self.dvc("commit", "--force", "--quiet")

    def retrain(self, *earlier: str, **values: object) -> None:
        """Other settings, another model; `earlier` stages run first.

        What another test has trained from the same rows and settings is taken from it.
        """
        self.set(**values)
        made_from = [self.root / "params.yaml", self.root / "data/table.parquet"]
        made_from += sorted((self.root / "data/split").iterdir())
        made_from += sorted((self.root / "src").rglob("*.py"))
        key = hashlib.sha256(b"".join(path.read_bytes() for path in made_from)).hexdigest()
        kept = self.store / key
        with FileLock(f"{kept}.lock"):
            if kept.exists():
                for name in OUTPUTS:
                    _replace(kept / name, self.root / name)
                self.dvc("commit", "--force", "--quiet")
                return
            self.run(*earlier, *MODEL_STAGES)
            for name in OUTPUTS:
                _replace(self.root / name, kept / name)

    def commit(self, message: str = "Change") -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD").strip()

    def merge(self, message: str = "Change") -> str:
        """Commit everything, and make that main. Returns the commit."""
        made = self.commit(message)
        self.git("branch", "--force", "main", "HEAD")
        return made

    def git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self.root), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def dvc(self, *arguments: str) -> None:
        """DVC in this process: its own start would cost a second each time."""
        from dvc.cli import main as dvc_main  # noqa: PLC0415  half a second that few tests need

        with inside(self.root):
            code = dvc_main(list(arguments))
        assert code == 0, f"dvc {' '.join(arguments)} ended with {code}"


def from_files(project: Project) -> None:
    """The simulator's tables of June and July as files, which are read in no time."""
    from mainline.data.settings import DataSettings  # noqa: PLC0415  imports pandas

    params = yaml.load((project.root / "params.yaml").read_text(), yaml.CSafeLoader)
    source = DataSettings.model_validate(params["data"]).source
    for day in ("2026-06-30", "2026-07-31"):
        rows = source.read(date.fromisoformat(day), project.root).frame
        rows.to_parquet(project.root / ROWS.replace("{as_of}", day), index=False)
    project.set(**{"data.source": FILE})


def _trained(project: Project) -> None:
    from_files(project)
    project.run()


def _unreleased(project: Project) -> None:
    generated = ["dvc.lock", "data/catalogue.json", "metrics", "plots", "k8s/overlays"]
    project.git("add", "--all")
    project.git("rm", "-r", "-q", "--cached", "--ignore-unmatch", *generated)
    project.git("commit", "-q", "-m", "Code")


def _champion(project: Project) -> None:
    project.commit("Champion")
    project.git("switch", "-q", "-c", "proposal")


def _remoted(project: Project) -> None:
    """With an origin and a DVC remote beside it, which relative paths name."""
    origin, storage = project.root.parent / "origin.git", project.root.parent / "storage"
    shutil.rmtree(origin, ignore_errors=True)
    shutil.rmtree(storage, ignore_errors=True)
    project.git("init", "-q", "--bare", "-b", "main", str(origin))
    project.git("remote", "add", "origin", "../origin.git")
    project.git("switch", "-q", "main")
    project.dvc("remote", "add", "--default", "storage", "../storage")
    project.commit("Remote")
    project.dvc("push", "-q")
    project.git("push", "-q", "origin", "main")
    project.git("switch", "-q", "-C", "proposal")
    project.git("fetch", "-q", "origin")


# The state that each begins with, and what is done to that.
STATES: dict[str, tuple[str, Callable[[Project], None]]] = {
    "trained": ("", _trained),
    "unreleased": ("trained", _unreleased),
    "champion": ("trained", _champion),
    "second": ("champion", lambda project: project.retrain(**{"train.seed": 42})),
    "remoted": ("champion", _remoted),
}


def stored(name: str, shared: Path) -> Project:
    """The project in a state of `STATES`, made by the first process that asks. Never change it."""
    root, store = shared / "states" / name, shared / "variants"
    store.mkdir(exist_ok=True)
    root.parent.mkdir(exist_ok=True)
    with FileLock(f"{root}.lock"):
        if not root.exists():
            before, make = STATES[name]
            partial = shared / "states" / f"{name}.partial"
            shutil.rmtree(partial, ignore_errors=True)
            project = stored(before, shared).copy(partial) if before else None
            project = project or Project.create(partial, store)
            make(project)
            partial.rename(root)
    return Project(root, store)


def _replace(source: Path, target: Path) -> None:
    if source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
        return
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


@contextmanager
def inside(directory: Path):
    before = Path.cwd()
    os.chdir(directory)
    try:
        yield
    finally:
        os.chdir(before)
