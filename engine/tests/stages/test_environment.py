"""`make` installs what a target needs, once, in whatever order targets are called."""

import os
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ALL = ".venv/.ready-all.txt"  # what `make test` and its like wait for
UV = """#!/bin/sh
echo "$*" >> calls
if [ "$1" = venv ]; then mkdir -p .venv/bin && ln -s /bin/sh .venv/bin/python; fi
"""


class Checkout:
    """The Makefile beside an `uv` that notes its calls."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "bin").mkdir()
        (root / "bin/uv").write_text(UV)
        (root / "bin/uv").chmod(0o755)
        (root / "requirements").mkdir()
        for name in ("Makefile", "pyproject.toml", "requirements/run.txt"):
            (root / name).write_text((ROOT / name).read_text())
        for name in ("gpu", "all"):
            (root / f"requirements/{name}.txt").touch()

    def make(self, *words: str) -> list[str]:
        """What `uv` was asked to install: its lock, or the words before `-q`."""
        now = time.time()
        for path in [*self.root.glob("*"), *self.root.glob("requirements/*")]:
            os.utime(path, (now - 60, now - 60))
        for path in self.root.glob(".venv/.ready-*"):
            os.utime(path, (now - 30, now - 30))
        return self.again(*words)

    def again(self, *words: str) -> list[str]:
        (self.root / "calls").write_text("")
        path = f"{self.root / 'bin'}:{os.environ['PATH']}"
        environment = {"PATH": path, "HOME": str(self.root)}
        subprocess.run(
            ["make", "-s", *words], cwd=self.root, env=environment, check=True, capture_output=True
        )
        calls = (self.root / "calls").read_text().splitlines()
        return [
            next((word for word in call.split() if word.startswith("requirements/")), call[:16])
            for call in calls
            if "--editable" not in call and not call.startswith("venv")
        ]


@pytest.fixture
def checkout(tmp_path) -> Checkout:
    return Checkout(tmp_path)


RUN, GPU, TOOLS = "requirements/run.txt", "requirements/gpu.txt", "requirements/all.txt"


def test_a_run_installs_no_tools_and_tests_add_them_once(checkout):
    assert checkout.make("setup") == [RUN]
    assert checkout.make("setup") == []
    assert checkout.make(ALL) == [TOOLS]
    assert checkout.make(ALL) == []
    assert checkout.make("setup") == []


def test_tests_first_need_both(checkout):
    assert checkout.make(ALL) == [RUN, TOOLS]
    assert checkout.make("setup") == []


@pytest.mark.parametrize(
    ("changed", "asked", "installed"),
    [
        (RUN, "setup", [RUN]),
        (RUN, ALL, [RUN, TOOLS]),
        (TOOLS, "setup", []),
        (TOOLS, ALL, [TOOLS]),
        ("pyproject.toml", ALL, [RUN, TOOLS]),
    ],
)
def test_a_changed_lock_is_installed_by_what_needs_it(checkout, changed, asked, installed):
    checkout.make(ALL)
    checkout.make("setup")
    os.utime(checkout.root / changed)
    assert checkout.again(asked) == installed


def test_a_sync_takes_the_tools_away_and_the_next_test_knows(checkout):
    checkout.make(ALL)
    assert checkout.make("setup", "GPU=1") == [GPU]
    assert checkout.make(ALL, "GPU=1") == [TOOLS]
    assert checkout.make("setup") == [RUN]
    assert checkout.make(ALL) == [TOOLS]


def test_the_light_environment_is_completed(checkout):
    assert checkout.make("setup", "LIGHT=1") == ["pip install -r -"]
    assert checkout.make("setup") == [RUN]


@pytest.mark.parametrize(
    "target", ["test", "lint", "format", "check", "e2e", "nightly", "bench", "drift"]
)
def test_what_needs_the_tools_waits_for_them(target):
    rules = (ROOT / "Makefile").read_text().splitlines()
    [rule] = [line for line in rules if line.startswith(f"{target}: ")]
    assert rule.split(" ##")[0].split()[1] == "$(ALL)"
