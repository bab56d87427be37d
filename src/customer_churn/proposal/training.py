"""`dvc repro` seen by everybody: on the terminal as it runs, its end in the comment if it fails."""

import os
import re
import subprocess
import sys
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from customer_churn.loop.pipeline import environment

KEPT = 30
_STAGE = re.compile(r"(?:Running stage|failed to reproduce) '([^']+)'")
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_SECRET = re.compile(r"TOKEN|SECRET|PASSWORD|CREDENTIAL|PRIVATE|_KEY")


@dataclass(frozen=True)
class Stopped:
    """The stage that failed, empty when none had started, and the last lines."""

    stage: str
    lines: list[str]

    @property
    def command(self) -> str:
        """What shows the same on a laptop."""
        return f"dvc repro {self.stage}".strip()


def train(root: Path, *, pull: bool) -> Stopped | None:
    """Bring the pipeline up to date. Returns None when all stages are."""
    command = [sys.executable, "-m", "dvc", "repro", *(["--pull"] if pull else [])]
    last: deque[str] = deque(maxlen=KEPT)
    stage = ""
    with subprocess.Popen(
        command,
        cwd=root,
        env=_without_forge(environment()),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as running:
        for line in running.stdout or ():
            print(line, end="", flush=True)
            plain = _COLOUR.sub("", line).rstrip().rsplit("\r", 1)[-1]
            stage = next(iter(_STAGE.findall(plain)), stage)
            if plain:
                last.append(plain)
    return Stopped(stage, [masked(line) for line in last]) if running.returncode else None


def masked(line: str) -> str:
    """GitHub hides secrets in logs, but not in comments."""
    for name, value in os.environ.items():
        if _SECRET.search(name.upper()) and len(value) >= 8:
            line = line.replace(value, "***")
    return line


def _without_forge(values: dict[str, str]) -> dict[str, str]:
    """Training needs the data's credentials, not those that comment, push or ask for more."""
    return {
        name: value
        for name, value in values.items()
        if name not in ("GITHUB_TOKEN", "PUSH_TOKEN")
        and not name.startswith("ACTIONS_ID_TOKEN_REQUEST")
    }
