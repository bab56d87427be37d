"""CODEOWNERS: every file that judges, builds or ships has an owner."""

import tomllib
from pathlib import Path

import pytest

from mainline.core.layout import Layout
from mainline.gate import judges
from mainline.git import Git

ROOT = Path(__file__).parents[3]


def lines() -> list[list[str]]:
    """Pattern and owners of each line."""
    text = (ROOT / ".github/CODEOWNERS").read_text()
    found = (line.partition("#")[0].split() for line in text.splitlines())
    return [words for words in found if words]


def owners_of(path: str) -> list[str]:
    """Under the last line that fits: an anchored path, or a name in any folder."""
    found = []
    for pattern, *owners in lines():
        below = pattern[1:]
        if (
            pattern == Path(path).name
            or path == below
            or (below.endswith("/") and path.startswith(below))
        ):
            found = owners
    return found


def test_every_line_fits_something():
    for pattern, *_ in lines():
        if pattern in judges.HIDDEN:
            continue
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
    *(".github", ".dvc/config", ".dvcignore", ".dockerignore", ".gitattributes"),
    *("Makefile", "Dockerfile", "dvc.yaml", "params.yaml", "engine.yaml", "pyproject.toml"),
    *("requirements", "src", "tests", "k8s", ".ci", "cookiecutter", "engine"),
)
PACKAGE = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mainline"]["package"]
# What a data scientist edits: the gate judges what comes of it.
FREE = tuple(f"src/{PACKAGE}/{name}.py" for name in ("features", "network"))


@pytest.mark.parametrize("path", OWNED)
def test_what_judges_builds_or_ships_has_an_owner(path, files):
    below = [name for name in files if name == path or name.startswith(f"{path}/")]
    assert below
    for name in below:
        assert bool(owners_of(name)) != (name in FREE), name


@pytest.mark.parametrize("path", [str(each) for each in (Layout.pipeline, *judges.JUDGES)])
def test_what_judges_a_proposal_has_an_owner(path):
    """A file by its own line or a folder's, a folder as a whole."""
    assert owners_of(path) or owners_of(f"{path}/")


@pytest.mark.parametrize("name", judges.HIDDEN)
def test_what_hides_or_converts_a_file_has_an_owner_in_any_folder(name):
    assert owners_of(name)
    assert owners_of(f"metrics/{name}")


def test_what_the_gate_does_not_run_is_what_has_no_owner():
    assert all(any(Path(name).match(str(free)) for free in judges.JUDGED) for name in FREE)


def test_the_wheel_of_a_new_project_has_an_owner():
    assert owners_of("vendor/mainline_ml-0.2.0-py3-none-any.whl")
