"""A new project from this very tree: one file list, one substitution, no second copy.

Only the standard library, since this runs under whatever Python cookiecutter was installed with.
"""

import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path, PurePath, PurePosixPath

from names import Names

# What a project is made of. A list of what to take, not of what to leave: a file that nobody
# thought of (credentials, a dump of customers) stays where it is.
FILES = (
    ".ci",
    ".dockerignore",
    ".dvc/.gitignore",
    ".dvc/config",
    ".dvcignore",
    ".github",
    ".gitignore",
    ".pre-commit-config.yaml",
    "*.md",
    "Dockerfile",
    "LICENSE",
    "Makefile",
    "benchmarks",
    "cookiecutter",
    "docs",
    "dvc.yaml",
    "examples",
    "k8s",
    "params.yaml",
    "pipelines",
    "pyproject.toml",
    "requirements",
    "src",
    "tests",
    "tools",
)

# What a run of the pipeline wrote for this project and is in git: a new project has its own.
GENERATED = (
    "data",
    "dvc.lock",
    "k8s/overlays/*/release.yaml",
    "k8s/overlays/*/evidence.json",
    "metrics",
    "plots",
)

# Where a new project's name may stand already: in prose, and in the names that the tests make up.
_HARMLESS = ("*.md", "docs", "tests/template")


def files(root: Path) -> list[PurePosixPath]:
    """The files of `root` that a project is made of. Needs no git: a zip file has none."""
    ignored = _ignored(root)
    found = set()
    for pattern in FILES:
        for start in root.glob(pattern):
            for path in start.rglob("*") if start.is_dir() else [start]:
                name = PurePosixPath(path.relative_to(root).as_posix())
                if path.is_file() and not within(name, GENERATED) and not ignored(name):
                    found.add(name)
    return sorted(found)


def within(path: PurePath, patterns: tuple[str, ...]) -> bool:
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
        if not any(spelling in text for spelling in self._new):
            return text  # most texts; searching for the pattern takes longer
        return self._old.sub(lambda found: self._new[found[0]], text)


def ambiguities(root: Path, names: Names) -> Iterator[str]:
    """Where `names` could not be told from what the tree at `root` says already.

    Giving the names and taking them back has to restore every file. It does not when a name is
    spelled like a dependency, a column or a word of the code: importing the wrong module would be
    the least of it, and no project could be made from the new one.
    """
    there, back = Substitution(Names.of(root), names), Substitution(names, Names.of(root))
    for path in files(root):
        text = _text((root / path).read_bytes())
        if text is None or within(path, _HARMLESS):
            continue
        if back(there(path.as_posix())) != path.as_posix():
            yield f"the file name {path}"
        if back(there(text)) == text:
            continue  # a name has no end of line in it
        for number, line in enumerate(text.splitlines(), start=1):
            if back(there(line)) != line:
                yield f"{path}, line {number}: {line.strip()}"


def render(root: Path, project: Path, names: Names) -> None:
    """Write the tree at `root` to `project`, under `names`."""
    substitution = Substitution(Names.of(root), names)
    for path in files(root):
        target = project / substitution(path.as_posix())
        target.parent.mkdir(parents=True, exist_ok=True)
        content = (root / path).read_bytes()
        text = _text(content)
        target.write_bytes(content if text is None else substitution(text).encode())
        # A zip file loses the executable bit, the first line does not.
        if (root / path).stat().st_mode & 0o100 or content.startswith(b"#!"):
            target.chmod(target.stat().st_mode | 0o111)


def _text(content: bytes) -> str | None:
    """`content` as text, None when it is something else and has to stay as it is."""
    if b"\0" in content:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None
