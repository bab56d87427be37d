"""Posts the comment with CML."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from mainline.core.files import write_text
from mainline.github.watermark import TITLE, mark

TIMEOUT = 120.0


class CmlError(Exception):
    """CML did not post the comment. The message is one line for the log."""


def found() -> str | None:
    """The path of the command; None when it is not installed."""
    return shutil.which("cml")


def update(command: str, text: str, number: int, environment: Mapping[str, str]) -> str:
    """Post `text` through `cml comment update`. Returns the comment's address.

    Raises CmlError when that fails for any reason.
    """
    server = environment.get("GITHUB_SERVER_URL") or "https://github.com"
    repository = environment.get("GITHUB_REPOSITORY", "")
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "comment.md"
        write_text(report, mark(text))
        arguments = [
            command,
            "comment",
            "update",
            "--publish=false",  # else CML uploads linked files to its own host
            f"--target=pr/{number}",
            f"--watermark-title={TITLE}",
            "--driver=github",
            f"--repo={server.rstrip('/')}/{repository}",
            str(report),
        ]
        return _run(arguments, _quiet(environment, Path(scratch)))


def _quiet(environment: Mapping[str, str], scratch: Path) -> dict[str, str]:
    """The environment for CML: no telemetry, and a copy of git's settings, which CML edits."""
    copy = scratch / "gitconfig"
    own = Path(environment.get("GIT_CONFIG_GLOBAL") or Path.home() / ".gitconfig")
    copy.write_bytes(own.read_bytes() if own.is_file() else b"")
    return {**environment, "ITERATIVE_DO_NOT_TRACK": "1", "GIT_CONFIG_GLOBAL": str(copy)}


def _run(arguments: list[str], environment: Mapping[str, str]) -> str:
    try:
        done = subprocess.run(
            arguments,
            env=dict(environment),
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        raise CmlError(f"CML did not finish within {TIMEOUT:.0f} s") from None
    except OSError as error:
        raise CmlError(f"CML cannot be run: {error}") from None
    if done.returncode:
        raise CmlError(f"CML failed ({done.returncode}): {_last(done.stderr or done.stdout)}")
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


def _last(said: str) -> str:
    """The error in CML's output. In CI it is a line of JSON that includes the whole request."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and entry.get("level") == "error":
            return " ".join(str(entry.get(key, "")) for key in ("status", "message")).strip()[:300]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["no output"])[0][:300]
