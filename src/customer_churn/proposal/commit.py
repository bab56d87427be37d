"""The bot's commit: generated paths only, only when they changed, pushed without force."""

import base64
import os
import subprocess
from pathlib import Path

from customer_churn.core.errors import UserError
from customer_churn.loop.pipeline import GENERATED
from customer_churn.proposal.machine import trained_on

NAME = "github-actions[bot]"
EMAIL = "41898282+github-actions[bot]@users.noreply.github.com"


def changed(root: Path) -> list[str]:
    """Generated paths that differ from HEAD."""
    listed = _git(root, "status", "--porcelain", "-z", "--untracked-files=all", "--", *GENERATED)
    return [entry[3:] for entry in listed.split("\0") if entry]


def commit(root: Path) -> str | None:
    """Commit the generated paths. Returns the commit; None when nothing changed."""
    if not changed(root):
        return None
    there = [name for name in GENERATED if (root / name).exists()]
    _git(root, "add", "--all", "--", *there)
    message = f"Model: what this proposal makes\n\nTrained-on: {trained_on(root)}\n"
    identity = ["-c", f"user.name={NAME}", "-c", f"user.email={EMAIL}"]
    _git(root, *identity, "commit", "--quiet", "--no-verify", "--message", message, "--", *there)
    return _git(root, "rev-parse", "HEAD").strip()


def push(root: Path, branch: str) -> None:
    """Add the commit to the pull request's branch. Raises UserError when it has moved on."""
    try:
        _git(root, "push", "--quiet", "origin", f"HEAD:refs/heads/{branch}", environment=_signed())
    except UserError as error:
        raise UserError(
            "the commit could not be pushed: the branch has a newer commit (its own run will do "
            f"it), or the token may not write. {error}"
        ) from None


def _signed() -> dict[str, str]:
    """The token for this one call, where no argument list and no file shows it."""
    token = os.environ.get("PUSH_TOKEN") or os.environ.get("GITHUB_TOKEN")
    server = os.environ.get("GITHUB_SERVER_URL") or "https://github.com"
    if not token:
        return {}
    encoded = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{server}/.extraheader",
        "GIT_CONFIG_VALUE_0": f"AUTHORIZATION: basic {encoded}",
        "GIT_TERMINAL_PROMPT": "0",
    }


def _git(root: Path, *arguments: str, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        ["git", "-C", str(root), *arguments],
        env=os.environ | (environment or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise UserError(f"`git {arguments[0]}` failed: {done.stderr.strip()[-300:]}")
    return done.stdout
