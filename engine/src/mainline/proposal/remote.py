"""The DVC remote: whether there is one, whether it answers, what is sent to it."""

import json
import subprocess
import sys
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.dvc import probe
from mainline.dvc.scope import scope
from mainline.process.children import environment

MISSING = (
    "no DVC remote is set, so nobody could get the model of this commit. Set one: "
    "`.venv/bin/dvc remote add --default storage s3://bucket/path` (or gs://, azure://, a "
    "directory), commit .dvc/config, and give CI access to it (docs/continuous-integration.md)."
)


def check(root: Path) -> None:
    """Raises MainlineError unless a remote is set and answers, before hours of training."""
    remote = probe.default(root, environment())
    if not remote.name:
        raise MainlineError(MISSING)
    if remote.trouble:
        raise MainlineError(
            f"the DVC remote '{remote.name}' does not answer ({remote.trouble}).",
            hint="Is the address in .dvc/config right, and has this job credentials "
            "(docs/continuous-integration.md)? Locally: `dvc status --cloud`.",
        )


def push(root: Path) -> str:
    """Send what the lock names and the run cache. Returns DVC's own line about it.

    Raises MainlineError when not everything is there afterwards; what did arrive is kept, and the
    next attempt goes on from there.
    """
    done = _dvc(root, "push", "--run-cache", *scope(root))
    if done.returncode:
        raise MainlineError(f"`dvc push` failed: {_said(done)}")
    absent = _absent(root)
    if absent:
        raise MainlineError(
            f"`dvc push` left out {', '.join(absent[:5])}: neither this machine nor the remote has "
            "all of it. `dvc repro --force` makes it again."
        )
    return (done.stdout.strip().splitlines() or ["nothing"])[-1]


def _absent(root: Path) -> list[str]:
    """What the lock names and the remote has not: `dvc push` is content when it finds nothing."""
    done = _dvc(root, "status", "--cloud", "--json", *scope(root))
    try:
        found = json.loads(done.stdout)
    except ValueError:
        raise MainlineError(f"`dvc status --cloud` failed: {_said(done)}") from None
    return sorted(path for path, state in found.items() if state in ("missing", "new"))


def _said(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
    return lines[0][:300] if lines else "it said nothing"


def _dvc(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dvc", *arguments],
        cwd=root,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
