"""A small project with git, DVC and real models, driven in this process to save start-up time."""

import hashlib
import importlib
import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import yaml
from dvc.cli import main as dvc_main
from filelock import FileLock

from customer_churn.snapshots import keep
from customer_churn.stages import STAGES

ROOT = Path(__file__).parents[1]
WORKED_EXAMPLE = ROOT / "examples/binary/params.yaml"  # a project's own params.yaml is anything
COPIED = (
    "dvc.yaml",
    "requirements/train.txt",
    ".dvcignore",
    ".gitignore",
    "src",
)
MODEL_STAGES = ("train", "evaluate", "package", "release")
RELEASE = "k8s/overlays/staging/release.yaml"
OUTPUTS = ("data/split", "models", "dist", "metrics", "plots", RELEASE)

SMALL = {
    "data.source.customers": 900,
    "data.source.joiners": 60,
    "data.source.start": "2025-07-01",
    "train.epochs": 6,
    "train.hidden": [16],
    "train.baseline": {"max_iter": 20},
    "evaluation.resamples": 100,
    "package.image": "registry.example/churn-model",
    "evaluation.slices": {"gender": None},
    "evaluation.fairness": {"columns": ["gender"], "min_rows": 5},
    "evaluation.sample": 500,
    "evaluation.shuffles": 1,
    "gate.bars": {"roc_auc": {"min": 0.6}, "log_loss": {"max": 0.6}},
    "gate.champion.margin": 0.03,
    "gate.champion.min_rows": 1000,
    "gate.baseline.margin": 0.1,
    "gate.slices": {"largest_gap": 0.4, "min_rows": 5},
    "gate.latency": {"ratio": 1000.0},  # no test is about how busy this machine is
    "gate.robustness": {"noise_drop": 0.3, "missing_drop": 0.4, "unknown_drop": 0.3},
    "gate.fairness": {"demographic_parity": 0.9},
}


class Project:
    """A directory in which stages run and commits are made."""

    def __init__(self, root: Path, store: Path) -> None:
        self.root = root
        self.store = store

    @classmethod
    def create(cls, root: Path, store: Path) -> "Project":
        root.mkdir(parents=True)
        for name in COPIED:
            source, target = ROOT / name, root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
            copy = shutil.copytree if source.is_dir() else shutil.copy2
            copy(source, target, **({"ignore": ignored} if source.is_dir() else {}))
        shutil.copy2(WORKED_EXAMPLE, root / "params.yaml")
        keep.prepare(root)
        project = cls(root, store)
        project.set(**SMALL)
        project.git("init", "-q", "-b", "main")
        project.git("config", "user.name", "Tester")
        project.git("config", "user.email", "tester@example.com")
        project.dvc("init", "-q")
        # Not the one of this repository: whoever follows the README has a remote in there.
        (root / ".dvc" / "config").write_text("[core]\n    analytics = false\n")
        shutil.copy2(ROOT / ".dvcignore", root / ".dvcignore")
        return project

    def copy(self, target: Path) -> "Project":
        shutil.copytree(self.root, target, symlinks=True)
        return Project(target, self.store)

    def set(self, **values: object) -> None:
        """Set dotted keys of params.yaml: set(**{"train.epochs": 1})."""
        path = self.root / "params.yaml"
        params = yaml.safe_load(path.read_text())
        for dotted, value in values.items():
            *parents, last = dotted.split(".")
            section = params
            for parent in parents:
                section = section[parent]
            section[last] = value
        path.write_text(yaml.safe_dump(params, sort_keys=False))

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

    def git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self.root), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def dvc(self, *arguments: str) -> None:
        """DVC in this process: its own start would cost a second each time."""
        with inside(self.root):
            code = dvc_main(list(arguments))
        assert code == 0, f"dvc {' '.join(arguments)} ended with {code}"


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
