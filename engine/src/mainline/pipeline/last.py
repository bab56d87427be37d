"""Keeps the verdict of the last run. The next run prints it again if nothing has changed.

Files are compared by size, times and inode. They are not read, so large data costs no time. One of
the times (ctime) is set by the kernel on each change and cannot be set back. This module imports
neither DVC nor pandas.
"""

import datetime
import glob
import hashlib
import json
import os
import platform
import shutil
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mainline.core.ci import in_ci
from mainline.core.errors import MainlineError
from mainline.core.files import read_json, write_json
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml
from mainline.git import MAINS, Git, below

ENGINE = Path(__file__).parents[1]
RENDERERS = ("kustomize", "kubectl")  # for what the comment says of the cluster
MADE_BY = "mainline run"

Stamp = tuple[int, ...] | None


@dataclass(frozen=True)
class State:
    """All inputs of a verdict.

    `files` are the stamps of all files that git or DVC tracks, `outputs` the paths of the
    pipeline's outputs, `about` the rest: commits, options, Python, environment.
    """

    files: dict[str, Stamp]
    outputs: tuple[str, ...]
    about: list[Any]

    def same_inputs(self, other: "State") -> bool:
        """Whether the two differ in nothing but outputs of the pipeline, which are the other's."""
        made = (*other.outputs, Layout.lock.as_posix())
        names = {n for n in self.files.keys() | other.files.keys() if not below(n, made)}
        same = all(self.files.get(name) == other.files.get(name) for name in names)
        return same and self.about == other.about


def told(root: Path, *, against: str | None, retrain: bool) -> str | None:
    """The text of the last run if its gate was open and nothing changed; None to run the loop."""
    if in_ci():
        return None
    try:
        kept = read_json(Layout(root).last_run, made_by=MADE_BY)
        key, told = kept["key"], kept["told"]
        said, when = str(told["said"]), told["when"]
    except (MainlineError, KeyError, TypeError):
        return None
    now = state(root, against=against, retrain=retrain)
    if now is None or key != _key(root, now, told):
        return None
    line = (
        f"Nothing has changed since the last run ({when}): this is its verdict. "
        f"`mainline gate` judges again."
    )
    return f"{line}\n\n{said}"


def forget(root: Path) -> None:
    """A run begins: should it break off, nothing is told in its place."""
    Layout(root).last_run.unlink(missing_ok=True)


def keep(root: Path, said: str, now: State) -> None:
    """Keep the text of an open run. It is valid while the state equals `now`."""
    when = f"{datetime.datetime.now().astimezone():%Y-%m-%d %H:%M}"
    told = {"when": when, "said": said}
    write_json(Layout(root).last_run, {"told": told, "key": _key(root, now, told)})


def state(root: Path, *, against: str | None, retrain: bool) -> State | None:
    """The current inputs of a verdict; None when they cannot be observed.

    Rows behind a URL or in a database can change without a trace here.
    """
    try:
        return _state(root, against, retrain=retrain)
    except Exception:  # a damaged params.yaml or dvc.lock: the loop reports the error
        return None


def _state(root: Path, against: str | None, *, retrain: bool) -> State | None:
    git = Git(root)
    listed = git.files("--cached", "--others", "--exclude-standard")
    lock = Layout(root).lock
    stages = read_yaml(_text(lock), name=str(Layout.lock)).get("stages") if lock.exists() else {}
    deps, outs = (
        [str(entry["path"]) for stage in (stages or {}).values() for entry in stage.get(kind, [])]
        for kind in ("deps", "outs")
    )
    rows = _rows(root)
    if rows is None or any("://" in path for path in deps + outs):
        return None
    watched = [*deps, *outs, Layout(root).seen(Layout.dvc_config_local), *rows]
    files = {name: _stamp(root / name) for name in listed}
    files |= {path: stamp for name in watched for path, stamp in _below(root, name)}
    about = [
        [str(root.resolve()), against, retrain],
        [git.resolve(name) for name in ("HEAD", *MAINS, *([against] if against else []))],
        [git.branch(), git.shallow()],
        [sys.version, sys.executable, platform.platform(), os.cpu_count()],
        _stamp(Path(sysconfig.get_path("purelib"))),  # changes with every installed package
        [(str(path), _stamp(path)) for path in sorted(ENGINE.rglob("*.py"))],
        [shutil.which(name) for name in RENDERERS],
        os.environ.get("MLFLOW_TRACKING_URI"),
    ]
    return State(files, tuple(outs), about)


def _key(root: Path, now: State, told: dict[str, Any]) -> str:
    layout = Layout(root)
    # A new file in one of the cache's folders is a new time of that one.
    found = [layout.verdict, layout.comment, *sorted(layout.dvc_cache.glob("*"))]
    stamps = [(path.name, _stamp(path)) for path in found]
    tracked = layout.database.exists()  # the model is recorded again when somebody deletes it
    whole = [sorted(now.files.items()), now.about, stamps, tracked, told]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


def _rows(root: Path) -> list[str] | None:
    """The local files that the rows come from; None when they come from elsewhere."""
    params = read_yaml(_text(Layout(root).params), name=str(Layout.params))
    source = params["data"]["source"]
    if source["kind"] == "python":  # a computation: its code is among the files of the project
        return []
    if source["kind"] != "file" or "://" in source["path"]:
        return None
    pattern = source["path"].replace("{as_of}", str(params["data"]["as_of"]))
    pattern = str(root.resolve() / Path(pattern).expanduser())
    return glob.glob(pattern, recursive=True)  # noqa: PTH207 - of any folder


def _below(root: Path, name: str) -> Iterator[tuple[str, Stamp]]:
    """The stamp of a file, or of each file in a folder."""
    if not (root / name).is_dir():
        yield name, _stamp(root / name)
        return
    for folder, folders, files in os.walk(root / name):
        if any((Path(folder) / each).is_symlink() for each in folders):
            raise MainlineError(f"{folder} has a link to a folder; its files cannot be compared.")
        folders[:] = [each for each in folders if each != "__pycache__"]
        for file in files:
            path = Path(folder) / file
            yield os.path.relpath(path, root), _stamp(path)


def _stamp(path: Path) -> Stamp:
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino, about.st_mode


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MainlineError(f"{path} cannot be read: {error}") from None
