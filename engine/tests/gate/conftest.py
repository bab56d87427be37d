import functools
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import states  # noqa: F401  they join those that every folder has
from filelock import FileLock
from judging import AtHand, judge, light_copy

from mainline.gate.bars import Bars, in_force
from mainline.gate.candidate import Candidate
from mainline.gate.champion import Champion
from mainline.gate.verdict import Verdict
from mainline.git import Git
from mainline.project import PYPROJECT
from project import SMALL, Project, stored
from repository import repository


@pytest.fixture
def copy_of(shared: Path, tmp_path: Path) -> Callable[[str], Project]:
    """A project in a state, to be changed."""
    return lambda name: stored(name, shared).copy(tmp_path / name)


@pytest.fixture(scope="session")
def verdicts(shared: Path, tmp_path_factory) -> Callable[..., Verdict]:
    """Whole decisions on states as they are, each made once per test run."""

    def find(name: str, **asked: bool) -> Verdict:
        kept = shared / f"verdict-{name}-{'-'.join(asked)}"
        with FileLock(f"{kept}.lock"):
            if not kept.exists():
                project = stored(name, shared).copy(tmp_path_factory.mktemp(name) / name)
                kept.write_bytes(pickle.dumps(judge(project, **asked)))
        return pickle.loads(kept.read_bytes())

    return find


@pytest.fixture(scope="session")
def candidates(shared: Path) -> Callable[[str], Candidate]:
    """The model of a state; what it has computed stays. Change no file of it."""
    return functools.cache(lambda name: Candidate(stored(name, shared).root))


@pytest.fixture(scope="session")
def champion(shared: Path) -> Champion:
    """The champion on main of the second model's proposal, its bytes at hand."""
    git = Git(stored("second", shared).root)
    found = Champion.at(git, git.known("main"))
    return AtHand(found.git, found.commit, found.release, stored("champion", shared).root)


@pytest.fixture(scope="session")
def bars(champion: Champion) -> Bars:
    """The bars that main has for it."""
    return in_force(champion.git, champion.commit)


@pytest.fixture
def settings(tmp_path: Path) -> Project:
    """A repository whose main has params.yaml and nothing else."""
    git = repository(tmp_path)
    shutil.copy2(SMALL / "params.yaml", git.root / "params.yaml")
    project = Project(git.root, git.root)
    project.commit("Settings")
    project.git("switch", "-q", "-c", "proposal")
    return project


@pytest.fixture
def outside(candidates, tmp_path):
    """The champion's files, to be changed, and main's code beside them."""
    known = candidates("champion")
    code = tmp_path / "main"
    code.mkdir()
    shutil.copytree(known.root / "src", code / "src")
    shutil.copy2(known.root / PYPROJECT, code)
    shutil.copy2(known.root / "engine.yaml", code)
    (tmp_path / "theirs").mkdir()
    copied = light_copy(known, tmp_path / "theirs")
    shutil.copy2(known.root / "engine.yaml", copied.root)
    found = Candidate(copied.root, code=code)
    kept = {k: v for k, v in vars(copied).items() if k not in ("root", "code", "metrics")}
    found.__dict__.update({k: v for k, v in kept.items() if k not in ("trained", "contenders")})
    return found
