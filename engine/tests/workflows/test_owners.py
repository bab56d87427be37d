"""CODEOWNERS: every file that judges, builds or ships has an owner."""

from pathlib import Path

import pytest

from mainline.core.layout import Layout
from mainline.gate.judges import JUDGES
from mainline.git import Git

ROOT = Path(__file__).parents[3]


def lines() -> list[list[str]]:
    """Pattern and owners of each line."""
    text = (ROOT / ".github/CODEOWNERS").read_text()
    found = (line.partition("#")[0].split() for line in text.splitlines())
    return [words for words in found if words]


def owners_of(path: str) -> list[str]:
    """Under the last line that fits, for the anchored paths that our lines are."""
    found = []
    for line in Layout(ROOT).owners.read_text().splitlines():
        pattern, *owners = line.partition("#")[0].split() or [""]
        if not pattern:
            continue
        assert pattern.startswith("/")
        assert not set(pattern) & set("*?[\\")
        assert (ROOT / pattern[1:]).is_dir() == pattern.endswith("/"), f"{pattern} fits nothing"
        below = pattern[1:]
        if path == below or (below.endswith("/") and path.startswith(below)):
            found = owners
    return found


def test_every_line_fits_something():
    for pattern, *_ in lines():
        assert pattern.startswith("/")
        assert not set(pattern) & set("*?[\\")
        if pattern != "/vendor/":  # this repository has the engine's folder instead of its wheel
            place = ROOT / pattern[1:]
            assert place.exists(), pattern
            assert place.is_dir() == pattern.endswith("/"), pattern


@pytest.fixture(scope="module")
def files() -> list[str]:
    """Those of the repository, without what is made and never committed."""
    listed = Git(ROOT).run("ls-files", "--cached", "--others", "--exclude-standard")
    return [name for name in listed.splitlines() if (ROOT / name).exists()]


OWNED = (
    *map(str, JUDGES),
    *(".github", ".ci", ".dvc/config", ".dvcignore", "dvc.yaml", "params.yaml"),
    *("Makefile", "Dockerfile", ".dockerignore"),
    *("pyproject.toml", "requirements", "src", "tests", "tools", "k8s"),
)
FREE = "engine/src/mainline/model/"


@pytest.mark.parametrize("path", OWNED)
def test_what_judges_builds_or_ships_has_an_owner(path, files):
    below = [name for name in files if name == path or name.startswith(f"{path}/")]
    assert below
    for name in below:
        free = name.startswith(FREE) and Path(name) not in JUDGES
        assert bool(owners_of(name)) != free, name
