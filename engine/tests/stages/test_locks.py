"""What each lock holds, and that `make run` installs no tool of the tests."""

import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import grimp
import pytest

import mainline

ROOT = Path(__file__).parents[3]
LOCKS = ("train", "run", "gpu", "dev")
ENGINE = "../engine/requirements/dev"  # of this repository: what it adds to the four
PROJECT = tomllib.loads((ROOT / "engine/pyproject.toml").read_text())["project"]
OPTIONAL = PROJECT["optional-dependencies"]
PIN = re.compile(r"^([\w.-]+)==([^\s;\\]+)", re.MULTILINE)
PAGE_ALONE = {"evidently"}  # monitoring/evidently_page.py says what to do without it


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def names(requirements: list[str]) -> set[str]:
    return {canonical(re.match(r"[\w.-]+", each)[0]) for each in requirements}


def pins(text: str) -> set[tuple[str, ...]]:
    return set(PIN.findall(text))


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return {name: (ROOT / f"requirements/{name}.txt").read_text() for name in (*LOCKS, ENGINE)}


def packages(*texts: str) -> set[str]:
    return {name for text in texts for name, _ in pins(text)}


def test_the_tools_of_tests_are_in_no_lock_that_a_run_installs(texts):
    tools = names(OPTIONAL["dev"]) | names(OPTIONAL["page"])
    run = packages(texts["train"], texts["run"])
    # DVC needs one of them as well, to sign in at Google.
    assert tools & run <= {"cryptography"}
    assert not {"pytest", "ruff", "mypy"} & (run | packages(texts["gpu"]))
    assert tools <= run | packages(texts["dev"], texts[ENGINE])


def test_each_lock_holds_what_it_is_for(texts):
    needed = names(PROJECT["dependencies"])
    assert needed <= packages(texts["train"])
    assert names(OPTIONAL["loop"]) <= packages(texts["train"], texts["run"])


def test_a_lock_adds_to_those_before_it_and_changes_none(texts):
    """So what is trained, run and tested has one version."""
    for order in (("train", "run", "gpu"), ("train", "run", "dev", ENGINE)):
        versions: dict[str, set[str]] = {}
        for name in order:
            for package, version in pins(texts[name]):
                versions.setdefault(package, set()).add(version)
        # A package may have a version for each Python: they stand in one lock.
        twice = {package for package, found in versions.items() if len(found) > 1}
        for package in twice:
            assert sum(package in packages(texts[name]) for name in order) == 1, package


def test_the_engine_itself_is_in_a_file_of_its_own(texts):
    """Else every upgrade of it would train again: stages depend on `train.txt`."""
    assert not [name for name in texts if "mainline-ml" in packages(texts[name])]
    assert "mainline" not in re.sub(r"#.*", "", texts["train"])


def test_no_lock_names_a_registry(texts):
    for text in texts.values():
        assert "://" not in text
        assert "--index" not in text


def test_all_that_the_code_imports_is_installed_to_run_it(texts):
    package = mainline.__name__
    graph = grimp.build_graph(package, include_external_packages=True, cache_dir=None)
    outside = {name for name in graph.modules if graph.is_module_squashed(name)}
    outside -= sys.stdlib_module_names
    assert {"tensorflow", "dvc", "mlflow"} <= outside
    locked = packages(texts["train"], texts["run"])
    made_by = packages_distributions()
    absent = {
        name for name in outside if not {canonical(each) for each in made_by.get(name, [])} & locked
    }
    assert absent == PAGE_ALONE
