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
LOCKS = ("train", "run", "gpu", "all")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
OPTIONAL = PROJECT["optional-dependencies"]
PIN = re.compile(r"^([\w.-]+)==([^\s;\\]+)", re.MULTILINE)
PAGE_ALONE = {"evidently"}  # monitoring/page.py says what to do without it


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def names(requirements: list[str]) -> set[str]:
    return {canonical(re.match(r"[\w.-]+", each)[0]) for each in requirements}


def pins(text: str) -> set[tuple[str, ...]]:
    return set(PIN.findall(text))


def asked_for(lock: str, extra: str) -> set[str]:
    """Packages of an extra that a lock holds, less those that another package of it needs."""
    found = set()
    for entry in re.split(r"^(?=\w)", lock, flags=re.MULTILINE)[1:]:
        name = re.match(r"[\w.-]+", entry)[0]
        if name in names(OPTIONAL[extra]) and "(pyproject.toml)" in entry:
            found.add(name)
    return found


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return {name: (ROOT / f"requirements/{name}.txt").read_text() for name in LOCKS}


def test_the_tools_of_tests_are_in_one_lock(texts):
    assert asked_for(texts["all"], "dev") == names(OPTIONAL["dev"])
    for name in ("train", "run", "gpu"):
        assert asked_for(texts[name], "dev") == set()
        assert not {"pytest", "ruff", "mypy"} & {pin[0] for pin in pins(texts[name])}


def test_each_lock_holds_what_it_is_for(texts):
    needed = names(PROJECT["dependencies"])
    assert needed <= {pin[0] for pin in pins(texts["train"])}
    for name in ("run", "gpu"):
        assert needed | names(OPTIONAL["loop"]) <= {pin[0] for pin in pins(texts[name])}


def test_a_package_has_one_version_in_all_locks(texts):
    """So what is trained, run and tested is the same; a lock adds packages and changes none."""
    assert pins(texts["train"]) < pins(texts["run"]) < pins(texts["all"])
    assert pins(texts["run"]) < pins(texts["gpu"])


def test_no_lock_names_a_registry(texts):
    for text in texts.values():
        assert "://" not in text
        assert "index" not in text.splitlines()[1]


def test_all_that_the_code_imports_is_installed_to_run_it(texts):
    package = mainline.__name__
    graph = grimp.build_graph(package, include_external_packages=True, cache_dir=None)
    outside = {name for name in graph.modules if graph.is_module_squashed(name)}
    outside -= sys.stdlib_module_names
    assert {"tensorflow", "dvc", "mlflow"} <= outside
    locked = {pin[0] for pin in pins(texts["run"])}
    made_by = packages_distributions()
    absent = {
        name for name in outside if not {canonical(each) for each in made_by.get(name, [])} & locked
    }
    assert absent == PAGE_ALONE
