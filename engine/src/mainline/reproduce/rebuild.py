"""The pipeline of a revision, run from its data on: everything is made, nothing is taken."""

import shutil
from pathlib import Path
from typing import Any

from mainline.core.errors import MainlineError, OutOfReachError, StageFailedError
from mainline.core.layout import Layout
from mainline.core.progress import say
from mainline.core.strict_yaml import read_yaml
from mainline.dvc import probe
from mainline.dvc import repro as pipeline
from mainline.dvc.outputs import fetch, intact, locked, outputs
from mainline.git import Git
from mainline.process.children import environment
from mainline.reproduce.clone import Clone

# Neither the cache nor the run cache may stand in for a training, and nothing is added to them.
FRESH = ("--force", "--no-run-cache", "--no-commit")


def rebuild(git: Git, commit: str, clone: Clone) -> str:
    """Make all that the revision's lock names. Returns where its rows came from.

    Raises MainlineError when the data cannot be had or a stage fails.
    """
    stages = _stages(Layout(clone.root).pipeline)
    first = next((name for name, about in stages.items() if Layout.table in _outs(about)), None)
    if first is None:
        raise MainlineError(f"no stage of {Layout.pipeline} at {commit[:12]} makes {Layout.table}.")
    came = _data(git, commit, clone, first)
    made = _outs(stages[first])
    follow = [name for name, about in stages.items() if made & _deps(about)]
    try:
        _repro(clone, "--downstream", *follow)
    except StageFailedError:
        raise StageFailedError(
            f"the pipeline of {commit[:12]} stopped at the error above.",
            hint="Whether it makes the same model is not known.",
        ) from None
    return came


def _data(git: Git, commit: str, clone: Clone, stage: str) -> str:
    """The rows of the lock: read from the source once more, or else taken by content."""
    remote = probe.default(git.root, environment())
    if remote.silent:
        print(remote.without, flush=True)
    ask = not remote.silent
    kept = _kept(git, commit, clone.root, ask=ask)
    failed = False
    try:
        _repro(clone, "--single-item", stage)
    except StageFailedError:
        failed = True
    table = Layout(clone.root).table
    if not failed and table.is_file() and intact(git, commit, Layout.table, table):
        return f"read again from {', '.join(kept)}" if kept else "read from the source again"
    why = "the source could not be read" if failed else "the source gives other rows today"
    say("reproduce", f"{why}: the rows that {Layout.lock} names are taken by content")
    committed = git.show(commit, Layout.lock) or ""
    stages = read_yaml(committed, name=f"{Layout.lock} at {commit[:12]}").get("stages") or {}
    for name in outputs({stage: stages.get(stage)}):
        _take(git, commit, clone.root, Path(name), why, ask=ask)
    Git(clone.root).run("checkout", "--quiet", "--", Layout.lock.as_posix())
    return f"taken by content ({why})"


def _kept(git: Git, commit: str, root: Path, *, ask: bool) -> list[str]:
    """Bring what DVC tracks beside the pipeline, as batches of a live source. Returns which."""
    brought = []
    for name in Git(root).files(paths=["*.dvc"]):
        path = Path(name).with_suffix("")
        try:
            fetch(git, commit, path, root / path, remotes_of_today=True, ask=ask)
        except OutOfReachError as error:  # the stage may do without, and says what it misses
            say("reproduce", str(error))
        else:
            brought.append(path.as_posix())
    return brought


def _take(git: Git, commit: str, root: Path, path: Path, why: str, *, ask: bool) -> None:
    """An output as it was: from git where git has it, else from the cache or a remote."""
    if git.show(commit, path) is not None:
        Git(root).run("checkout", "--quiet", "--", path.as_posix())
        return
    if (root / path).is_dir():
        shutil.rmtree(root / path)
    (root / path).unlink(missing_ok=True)
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    try:
        fetch(git, commit, path, root / path, remotes_of_today=True, ask=ask)
    except OutOfReachError as error:
        raise MainlineError(
            f"{why}, and no copy of what was trained on is in reach: {error}"
        ) from None
    if locked(git, commit, path) is None or not intact(git, commit, path, root / path):
        raise MainlineError(f"the copy of {path} that DVC has is damaged: not what the lock names.")


def _repro(clone: Clone, *options: str) -> None:
    pipeline.repro(clone.root, *FRESH, *options, python=clone.python, variables=clone.variables)


def _stages(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        raise MainlineError(f"the revision has no {Layout.pipeline}.") from None
    return dict(read_yaml(text, name=str(Layout.pipeline)).get("stages") or {})


def _outs(stage: dict[str, Any]) -> set[Path]:
    listed = [*stage.get("outs", []), *stage.get("metrics", []), *stage.get("plots", [])]
    return _names(listed)


def _deps(stage: dict[str, Any]) -> set[Path]:
    return _names(stage.get("deps", []))


def _names(listed: list[Any]) -> set[Path]:
    return {Path(name) for each in listed for name in (each if isinstance(each, dict) else [each])}
