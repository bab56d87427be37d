"""Whether a proposal changes the engine, TensorFlow or Keras. Needs git and PyYAML alone."""

import hashlib
import json
import re
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.markdown import clip
from mainline.core.requirements import locked
from mainline.git import Git
from mainline.lock.engine_file import EngineFile

PACKAGES = {"TensorFlow": "tensorflow", "Keras": "keras"}
FILES = (
    Layout.engine,
    Layout.engine_lock.parent,
    Layout.vendor,
    Layout.engine_source,
    Layout.engine_source.parent / "pyproject.toml",
)
# Where no wheel is locked: a version of an index, or the engine's own sources.
BROUGHT_BY = (
    Layout.engine_lock,
    Layout.engine_source,
    Layout.engine_source.parent / "pyproject.toml",
)
SHOWN, LONGEST = 5, 40  # files in the note; characters of a version
# The line of `requirements/engine.txt` on a wheel in the repository.
WHEEL = re.compile(r"^\./(vendor/[\w.+-]+\.whl)\b[^#]*?--hash=sha256:([0-9a-f]{64})", re.M | re.S)
LISTED, MOST = "mainline/closures.json", 2**24  # bytes


@dataclass(frozen=True)
class Upgrade:
    """`said` names what changes, from what to what; `before` and `after` are engine versions."""

    said: str
    before: str
    after: str
    files: list[str]

    @property
    def shown(self) -> str:
        """The files, at most `SHOWN` of them by name."""
        more = len(self.files) - SHOWN
        return ", ".join([*self.files[:SHOWN], *([f"{more} more"] if more > 0 else [])])


def of(git: Git, base: str) -> Upgrade | None:
    """What changed since the branch left `base`; None when engine and packages stay."""
    layout, since = Layout(git.root), git.fork_point(base) or base
    before = _engine(git.show(since, Path(layout.seen(Layout.engine))))
    after = _engine(_text(layout.engine))
    lock = git.show(since, Path(layout.seen(Layout.train_lock))) or ""
    now = _text(layout.train_lock) or ""
    if before is None:  # the first model of this repository
        return None
    if after is None:
        said = [f"the engine from {before.version} to one that is not known"]
    elif before.version != after.version:
        said = [f"the engine from {before.version} to {after.version}"]
    elif stages := before.other_code(after):
        said = [f"the code of engine {before.version} ({', '.join(stages)})"]
    else:
        said = []
    for name, package in PACKAGES.items():
        old, new = _version(lock, package), _version(now, package)
        if old != new:
            said.append(f"{name} from {old} to {new}")
    if not said:
        return None
    files = [path for path, _, _ in git.changed(since, *map(layout.seen, FILES))]
    version = after.version if after else "unknown"
    return Upgrade(" and ".join(said), before.version, version, files)


def refuse(git: Git, base: str) -> None:
    """Refuse an `engine.yaml` that is not that of the engine which this branch brings.

    It decides which reports main's engine compares, and whether the model may differ from what its
    weights give. Raises MainlineError, too, when main has another engine since the branch left it.
    """
    layout, since = Layout(git.root), git.fork_point(base) or base
    name = Path(layout.seen(Layout.engine))
    at_fork, on_main = _engine(git.show(since, name)), _engine(git.show(base, name))
    proposed = _engine(_text(layout.engine))
    if at_fork is None:  # main had no model when the branch left it
        return
    if proposed is None:
        raise MainlineError(
            f"{Layout.engine} is missing or damaged.", hint="`mainline lock` writes the file."
        )
    stages = at_fork.other_code(proposed)
    if not stages and on_main and on_main.other_code(proposed):
        raise MainlineError(
            "main has another engine since this branch left it.", hint="Merge main first."
        )
    other = stages or at_fork.version != proposed.version
    if other and not _brought(git, since, proposed):
        what = "code" if stages else "a version"
        raise MainlineError(
            f"{Layout.engine} names {what} of the engine that no engine of this branch has.",
            hint="`make setup && mainline lock` writes what the installed engine is made of.",
        )


def _brought(git: Git, since: str, after: EngineFile) -> bool:
    """Whether the branch has this engine: its wheel says so, or it changes an engine."""
    layout = Layout(git.root)
    found = WHEEL.search(_text(layout.engine_lock) or "")
    if found is None:
        return bool(git.changed(since, *map(layout.seen, BROUGHT_BY)))
    try:
        wheel = layout.vendor.parent / found[1]
        if hashlib.sha256(wheel.read_bytes()).hexdigest() != found[2]:
            return False
        with zipfile.ZipFile(wheel) as opened:
            if opened.getinfo(LISTED).file_size > MOST:
                return False
            about = json.loads(opened.read(LISTED))
        stages = {name: about["stages"][name]["hash"] for name in after.stages}
        return stages == after.stages and clip(str(about["version"]), LONGEST) == after.version
    except (OSError, zipfile.BadZipFile, ValueError, KeyError, TypeError, RecursionError):
        return False  # a wheel that is not one


def _engine(text: str | None) -> EngineFile | None:
    try:
        found = EngineFile.parse(text or "", name=str(Layout.engine))
    except MainlineError:  # not there, or damaged: no stage runs with it
        return None
    return replace(found, version=clip(found.version, LONGEST))


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _version(lock: str, package: str) -> str:
    try:
        return clip(locked(lock, package), LONGEST)
    except MainlineError:  # not locked here, or twice
        return "none"
