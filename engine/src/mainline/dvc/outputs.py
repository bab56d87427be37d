"""Reads the DVC outputs of any commit from the cache or a remote, by content."""

import hashlib
import logging
from pathlib import Path
from typing import Any

from mainline.core.errors import OutOfReachError
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml
from mainline.git import Git


def fetch(
    git: Git, commit: str, path: Path, target: Path, *, remotes_of_today: bool, ask: bool = True
) -> None:
    """Copy the output `path` of a commit to `target`, which must not exist.

    DVC asks the remote in the commit's configuration; an old commit may have none.
    `remotes_of_today` uses the working tree's configuration instead, which a proposal can change.
    Without `ask` no remote is asked. The caller checks the copy's content. Raises OutOfReachError
    when there is no copy.
    """
    from dvc.repo import Repo  # noqa: PLC0415  half a second that most callers need not spend

    logging.getLogger("dvc").setLevel(logging.CRITICAL)
    try:
        today = _config(git.root) if remotes_of_today else None
        if today is not None and not ask:
            today["core"].pop("remote", None)
        with Repo(str(git.root), rev=commit, config=today) as repo:
            below = Path("/", Layout(git.root).directory, path)  # DVC's root is git's
            repo.dvcfs.get(below.as_posix(), str(target), recursive=True)
    except Exception as error:  # DVC, its remotes and fsspec each raise kinds of their own
        raise OutOfReachError(
            f"{path} of {commit[:12]} is neither in the DVC cache nor in a remote "
            f"({type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''})."
        ) from None
    if not target.exists():
        raise OutOfReachError(f"DVC has no {path} of {commit[:12]}.")


def intact(git: Git, commit: str, path: Path, copy: Path) -> bool:
    """Whether a copy matches the commit's `dvc.lock`. DVC does not verify cached files."""
    from dvc.fs import localfs  # noqa: PLC0415
    from dvc_data.hashfile.build import build  # noqa: PLC0415
    from dvc_data.hashfile.db import HashFileDB  # noqa: PLC0415

    nowhere = HashFileDB(localfs, str(copy.with_name("nowhere")))  # nothing is written to it
    _, _, found = build(nowhere, str(copy), localfs, "md5", dry_run=True)
    return bool(found.hash_info.value == locked(git, commit, path))


def locked(git: Git, commit: str, path: Path) -> str | None:
    """The MD5 of an output that a commit's `dvc.lock` names; None when it names none."""
    text = git.show(commit, Layout.lock)
    stages = read_yaml(text, name=f"{Layout.lock} at {commit[:12]}").get("stages") if text else None
    return outputs(stages if isinstance(stages, dict) else {}).get(path.as_posix())


def same_file(git: Git, commits: list[str], path: Path, file: Path) -> bool:
    """Whether one of these commits locked a file with the same content as its `path`."""
    if not file.is_file():
        return False
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, lambda: hashlib.md5(usedforsecurity=False))
    return any(digest.hexdigest() == locked(git, commit, path) for commit in commits)


def outputs(stages: dict[str, Any]) -> dict[str, str]:
    """Path and MD5 of every output of the stages of a `dvc.lock`."""
    return {
        str(output.get("path")): str(output.get("md5"))
        for stage in stages.values()
        if isinstance(stage, dict)
        for output in stage.get("outs") or []
    }


def remote_name(root: Path) -> str:
    """The default DVC remote; empty when there is none."""
    return str(_config(root).get("core", {}).get("remote") or "")


def _config(root: Path) -> Any:
    from dvc.config import Config  # noqa: PLC0415

    return Config(dvc_dir=str(Layout(root).dvc), validate=False)
