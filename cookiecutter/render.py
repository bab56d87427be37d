"""A new project from this very tree: one file list, one substitution, no second copy.

Only the standard library, since this runs under whatever Python cookiecutter was installed with.
"""

import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path, PurePath, PurePosixPath

from names import HERE, Names

# The files and folders of a project. Other names at the top (a dump of customers) are not taken;
# below these folders every file that .gitignore does not name is.
FILES = (
    ".dockerignore",
    ".dvc/.gitignore",
    ".dvc/config",
    ".dvcignore",
    ".gitattributes",
    ".github",
    ".gitignore",
    ".pre-commit-config.yaml",
    "Dockerfile",
    "LICENSE",
    "Makefile",
    "README.md",
    "docs",
    "dvc.yaml",
    "engine.yaml",
    "k8s",
    "params.yaml",
    "pipelines",
    "pyproject.toml",
    "requirements",
    "src",
    "tests",
)

# A new project lacks these or has others of its own, for the reason beside each. All other files
# are equal but for names.
NOT_AS_HERE = {
    ".ci": "runs the engine's checks",
    ".github/workflows/engine.yml": "runs the engine's checks",
    ".github/workflows/nightly.yml": "runs the engine's slow checks",
    "cookiecutter": "makes projects",
    "engine": "comes as a wheel, in vendor",
    "requirements/engine.txt": "names the wheel and its hash instead of the folder engine",
    "vendor": "holds the wheel, built from the folder engine",
    "data": "a run of the pipeline writes it",
    "dvc.lock": "a run of the pipeline writes it",
    "k8s/overlays/*/evidence.json": "a promotion writes it",
    "k8s/overlays/*/release.yaml": "a run of the pipeline and a promotion write it",
    "metrics": "a run of the pipeline writes it",
    "plots": "a run of the pipeline writes it",
}

# Parts of files that speak of the folders above; a project's file does without them.
BEGIN, END = "engine-repository-only:begin", "engine-repository-only:end"
_PART = re.compile(rf"^[^\n]*{BEGIN}.*?{END}[^\n]*\n", re.MULTILINE | re.DOTALL)


def files(root: Path) -> list[PurePosixPath]:
    """The files of `root` that a project has, too. Needs no git: a zip file has none."""
    ignored = _ignored(root)
    found = set()
    for pattern in FILES:
        for start in root.glob(pattern):
            for path in start.rglob("*") if start.is_dir() else [start]:
                name = PurePosixPath(path.relative_to(root).as_posix())
                if path.is_file() and not within(name, NOT_AS_HERE) and not ignored(name):
                    found.add(name)
    return sorted(found)


def within(path: PurePath, patterns: "tuple[str, ...] | dict[str, str]") -> bool:
    """Whether one of `patterns` names `path` or a folder that holds it."""
    for pattern in patterns:
        parts = PurePosixPath(pattern).parts
        pairs = zip(path.parts, parts, strict=False)
        if len(parts) <= len(path.parts) and all(fnmatchcase(*pair) for pair in pairs):
            return True
    return False


def _ignored(root: Path) -> Callable[[PurePath], bool]:
    """What `.gitignore` rules out, as far as `FILES` lets it matter: no exceptions, no `**`."""
    lines = (root / ".gitignore").read_text("utf-8").splitlines()
    rules = [line.strip() for line in lines if line.strip() and line[0] not in "#!"]
    anchored = tuple(rule.strip("/") for rule in rules if "/" in rule.rstrip("/"))
    anywhere = [rule.rstrip("/") for rule in rules if "/" not in rule.rstrip("/")]

    def ignored(path: PurePath) -> bool:
        return within(path, anchored) or any(
            fnmatchcase(part, rule) for part in path.parts for rule in anywhere
        )

    return ignored


def cut(text: str) -> str:
    """`text` without the parts that only this repository has."""
    return _PART.sub("", text)


class Substitution:
    """One project's names for another's, in a single pass: what was put in is not looked at again.

    The longest spelling wins, and a spelling counts only as a word of its own.
    """

    def __init__(self, old: Names, new: Names) -> None:
        self._new = dict(zip(old.spellings(), new.spellings(), strict=True))
        longest_first = sorted(self._new, key=len, reverse=True)
        words = "|".join(re.escape(spelling) for spelling in longest_first)
        self._old = re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])")

    def __call__(self, text: str) -> str:
        """`text`, speaking of the new project."""
        return self._old.sub(lambda found: self._new[found[0]], text)


def render(root: Path, project: Path, names: Names) -> None:
    """Write the tree at `root` to `project`, under `names`. The engine is not among it."""
    substitution = Substitution(HERE, names)
    for path in files(root):
        target = project / substitution(path.as_posix())
        target.parent.mkdir(parents=True, exist_ok=True)
        content = (root / path).read_bytes()
        text = _text(content)
        target.write_bytes(content if text is None else substitution(cut(text)).encode())
        # A zip file loses the executable bit, the first line does not.
        if (root / path).stat().st_mode & 0o100 or content.startswith(b"#!"):
            target.chmod(target.stat().st_mode | 0o111)


def _text(content: bytes) -> "str | None":
    """`content` as text, None when it is something else and has to stay as it is."""
    if b"\0" in content:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None
