"""CODEOWNERS: every file that judges, builds or ships has an owner."""

from pathlib import Path

import pytest

from mainline.gate.judges import JUDGES, PACKAGE
from mainline.git import Git
from mainline.github import rules

ROOT = Path(__file__).parents[3]


def owners_of(path: str) -> list[str]:
    """Under the last line that fits, for the anchored paths that our lines are."""
    found = []
    for line in (ROOT / rules.OWNERS).read_text().splitlines():
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


@pytest.fixture(scope="module")
def files() -> list[str]:
    """Those of the repository, without what is made and never committed."""
    listed = Git(ROOT).run("ls-files", "--cached", "--others", "--exclude-standard")
    return [name for name in listed.splitlines() if (ROOT / name).exists()]


OWNED = (
    *JUDGES,
    *(".github", ".ci", ".dvc/config", ".dvcignore", "dvc.yaml", "params.yaml"),
    *("Makefile", "Dockerfile", ".dockerignore"),
    *("pyproject.toml", "requirements", "src", "tests", "tools", "k8s"),
)
FREE = f"{PACKAGE}/model/"


@pytest.mark.parametrize("path", dict.fromkeys(OWNED))
def test_what_judges_builds_or_ships_has_an_owner(path, files):
    below = [name for name in files if name == path or name.startswith(f"{path}/")]
    assert below
    for name in below:
        free = name.startswith(FREE) and name not in JUDGES
        assert bool(owners_of(name)) != free, name
