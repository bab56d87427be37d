"""A small committed project whose loop is run as users run it, in a process group of its own."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import yaml

from customer_churn.core import paths
from customer_churn.loop.pipeline import environment
from project import Project

PATIENCE = 300  # seconds; a hang, not slowness


@dataclass(frozen=True)
class Ended:
    code: int
    said: str


class Loop:
    """The project at `root` and its pipeline's outputs."""

    def __init__(self, project: Project) -> None:
        self.project, self.root = project, project.root

    @classmethod
    def create(cls, root: Path) -> "Loop":
        """Never run; everything that a clone has is committed."""
        project = Project.create(root, root.parent / "store")
        project.commit("Code")
        project.git("switch", "-q", "-c", "proposal")
        return cls(project)

    def copy(self, target: Path) -> "Loop":
        return Loop(self.project.copy(target))

    def start(self) -> "subprocess.Popen[str]":
        """The whole loop, its own process group as a terminal gives it one."""
        surroundings = {
            key: value
            for key, value in environment(self.root / "src").items()
            if "MLFLOW" not in key and key not in ("CI", "DVC_STAGE")
        }
        return subprocess.Popen(
            [sys.executable, "-m", "customer_churn.cli", "run"],
            cwd=self.root,
            env=surroundings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def end(self, running: "subprocess.Popen[str]") -> Ended:
        try:
            said, _ = running.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            raise
        return Ended(running.returncode, said)

    def run(self) -> Ended:
        return self.end(self.start())

    def outputs(self) -> dict[str, str]:
        """Every output that dvc.yaml names and that is there, with a digest over all its bytes."""
        stages = yaml.safe_load((self.root / paths.PIPELINE).read_text())["stages"].values()
        named = [
            next(iter(output)) if isinstance(output, dict) else output
            for stage in stages
            for kind in ("outs", "metrics", "plots")
            for output in stage.get(kind, [])
        ]
        return {name: _digest(self.root / name) for name in named if (self.root / name).exists()}

    def debris(self) -> list[str]:
        """What was begun and not ended, outside of DVC's own directories and git's."""
        found = [*self.root.rglob("*.partial-*"), *self.root.rglob("*.aside-*")]
        return sorted(str(path.relative_to(self.root)) for path in found)

    def seen_by_git(self) -> set[str]:
        lines = self.project.git("status", "--porcelain", "--untracked-files=all").splitlines()
        return {line[3:] for line in lines}


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
    """Whether a group is gone, given some seconds to notice that its leader is."""
    for _ in range(300):
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
