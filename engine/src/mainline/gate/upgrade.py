"""Whether a proposal changes the engine, TensorFlow or Keras. Needs git and PyYAML alone."""

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
SHOWN, LONGEST = 5, 40  # files in the note; characters of a version


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
