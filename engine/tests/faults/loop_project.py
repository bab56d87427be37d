"""The smallest project whose loop is run as users run it, in a process group of its own."""

import hashlib
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path

import yaml

from mainline.core.layout import Layout
from mainline.process.children import environment
from project import Project

# A run is to be as short as all its steps allow. The gate is open for any model: these tests are
# about what is on the disk.
TINY = {
    "data.source.options.customers": 300,
    "data.source.options.joiners": 20,
    "validation.min_rows": 100,
    "validation.min_positives": 10,
    "train.epochs": 2,
    "train.options.hidden": [8],
    "train.baseline": {"max_iter": 5},
    "evaluation.costs": None,
    "evaluation.threshold": 0.5,
    "evaluation.sample": 100,
    "evaluation.slices": {},
    "evaluation.fairness": {},
    "evaluation.robustness": {"noise": [0.1]},
    "gate.bars": {"roc_auc": {"min": 0.01}},
    "gate.baseline.margin": 0.99,
    "gate.slices": {"largest_gap": 0.99, "min_rows": 5},
    "gate.robustness": {},
    "gate.fairness": {},
}


class Loop:
    """The project at `root` and its pipeline's outputs."""

    def __init__(self, project: Project) -> None:
        self.project, self.root = project, project.root

    @classmethod
    def create(cls, root: Path) -> "Loop":
        """Never run; everything that a clone has is committed, on main as on the branch."""
        project = Project.create(root, root.parent / "store")
        project.set(**TINY)
        project.commit("Code")
        project.git("switch", "-q", "-c", "proposal")
        # Copies have it with their sources' dates: else each would compile what it imports.
        subprocess.run([sys.executable, "-m", "compileall", "-q", str(root / "src")], check=True)
        return cls(project)

    def copy(self, target: Path) -> "Loop":
        return Loop(self.project.copy(target))

    def start(self) -> "subprocess.Popen[str]":
        """The whole loop, its own process group as a terminal gives it one."""
        return subprocess.Popen(
            [sys.executable, "-m", "mainline.cli.main", "run"],
            cwd=self.root,
            env=surroundings(self.root / "src"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            # What a shell starts in the background ignores Ctrl-C, and so would this.
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        )

    def at_work(self, process: int) -> None:
        """Wait until a started run has this checkout for itself."""
        for _ in range(1200):
            with suppress(FileNotFoundError):
                if Layout(self.root).one_run.read_text().startswith(f"{process} "):
                    return
            time.sleep(0.05)
        raise AssertionError("the run never began")

    def outputs(self) -> dict[str, str]:
        return outputs(self.root)

    def take(self, other: "Loop", names: Iterable[str]) -> None:
        """Files and directories of another project."""
        for name in names:
            source, target = other.root / name, self.root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            else:
                shutil.copy2(source, target)

    def debris(self) -> list[str]:
        """What was begun and not ended, outside of DVC's own directories and git's."""
        found = [*self.root.rglob("*.partial-*"), *self.root.rglob("*.aside-*")]
        return sorted(str(path.relative_to(self.root)) for path in found)

    def seen_by_git(self) -> set[str]:
        lines = self.project.git("status", "--porcelain", "--untracked-files=all").splitlines()
        return {line[3:] for line in lines}


def named(root: Path) -> list[str]:
    """Every output that dvc.yaml names."""
    stages = yaml.safe_load(Layout(root).pipeline.read_text())["stages"].values()
    return [
        next(iter(output)) if isinstance(output, dict) else output
        for stage in stages
        for kind in ("outs", "metrics", "plots")
        for output in stage.get(kind, [])
    ]


def outputs(root: Path) -> dict[str, str]:
    """Every output that is there, with a digest over all its bytes."""
    return {name: _digest(root / name) for name in named(root) if (root / name).exists()}


def surroundings(source: Path) -> dict[str, str]:
    """This process's environment with the code in `source` and nothing that changes a run."""
    return {
        key: value
        for key, value in environment(source).items()
        if "MLFLOW" not in key and key not in ("CI", "DVC_STAGE")
    }


def group(leader: int) -> list[int]:
    """The living processes of a process group."""
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                state, _, number = (place / "stat").read_text().rpartition(")")[2].split()[:3]
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(number) == leader and state != "Z":
                found.append(int(place.name))
    return found


def alone_again(leader: int) -> bool:
    """Whether a group is gone, given time to notice that its leader is, and to end a record."""
    for _ in range(1200):
        if not group(leader):
            return True
        time.sleep(0.1)
    return False


def _digest(path: Path) -> str:
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    text = [
        f"{file.relative_to(path)} {hashlib.sha256(file.read_bytes()).hexdigest()}\n"
        for file in files
    ]
    return hashlib.sha256("".join(text).encode()).hexdigest()
