"""The DVC remote: checks that it is set and answers, and pushes to it."""

import json
import subprocess
import sys
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.dvc import probe, uncached
from mainline.process.children import environment
from mainline.proposal.no_remote import MISSING


def check(root: Path) -> None:
    """Raises MainlineError unless a remote is set and answers. Called before a long training."""
    remote = probe.default(root, environment())
    if not remote.name:
        raise MainlineError(MISSING)
    if remote.trouble:
        raise MainlineError(
            f"the DVC remote '{remote.name}' does not answer ({remote.trouble}).",
            hint="Check the address in .dvc/config and this job's credentials "
            "(docs/continuous-integration.md). To test it locally: `dvc status --cloud`.",
        )


def push(root: Path, *stages: str) -> str:
    """Push the outputs of these stages, what they are made from, and the whole run cache.

    Returns the last line of DVC's output. Raises MainlineError when something is missing in the
    remote afterwards. The next attempt continues from there.
    """
    of = ("--with-deps", *stages)
    done = _dvc(root, "push", "--run-cache", *of)
    if done.returncode:
        raise MainlineError(f"`dvc push` failed: {_said(done)}")
    absent = _absent(root, *of)
    if absent:
        raise MainlineError(
            f"`dvc push` skipped {', '.join(absent[:5])}: neither this machine nor the remote has "
            "all files. `dvc repro --force` makes them again."
        )
    uncached.push(root)
    return (done.stdout.strip().splitlines() or ["nothing"])[-1]


def _absent(root: Path, *of: str) -> list[str]:
    """What the lock names and the remote has not: `dvc push` is content when it finds nothing."""
    done = _dvc(root, "status", "--cloud", "--json", *of)
    try:
        found = json.loads(done.stdout)
    except ValueError:
        raise MainlineError(f"`dvc status --cloud` failed: {_said(done)}") from None
    return sorted(path for path, state in found.items() if state in ("missing", "new"))


def _said(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
    return lines[0][:300] if lines else "no output"


def _dvc(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "dvc", *arguments],
        cwd=root,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
