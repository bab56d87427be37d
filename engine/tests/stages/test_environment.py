"""`make` installs what a target needs, once, in whatever order targets are called."""

import os
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DEV = ".venv/.ready-dev"  # what `make test` and its like wait for
UV = """#!/bin/sh
echo "$*" >> calls
if [ "$1" = venv ]; then mkdir -p .venv/bin && ln -s /bin/sh .venv/bin/python; fi
"""


NAMES = ("train", "run", "gpu", "dev", "engine")
LOCKS = [f"requirements/{name}.txt" for name in NAMES]


class Checkout:
    """The Makefile beside an `uv` that notes its calls."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "bin").mkdir()
        (root / "bin/uv").write_text(UV)
        (root / "bin/uv").chmod(0o755)
        for name in ("Makefile", "pyproject.toml", "engine/pyproject.toml", *LOCKS):
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_text((ROOT / name).read_text())

    def make(self, *words: str) -> list[str]:
        """What `uv` was asked to install: its locks, or the words before `-q`."""
        now = time.time()
        for path in [*self.root.glob("*"), *self.root.glob("[er]*/*")]:
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
        asked = [call for call in calls if "--editable" not in call and call[:4] != "venv"]
        locks = [[word for word in call.split() if word in LOCKS] for call in asked]
        return [
            " ".join(Path(name).stem for name in found) or call.partition(" -q")[0]
            for call, found in zip(asked, locks, strict=True)
        ]


@pytest.fixture
def checkout(tmp_path) -> Checkout:
    return Checkout(tmp_path)


RUN, GPU, TOOLS = "train run", "train run gpu", "dev"


def test_a_run_installs_no_tools_and_tests_add_them_once(checkout):
    assert checkout.make("setup") == [RUN]
    assert checkout.make("setup") == []
    assert checkout.make(DEV) == [TOOLS]
    assert checkout.make(DEV) == []
    assert checkout.make("setup") == []


def test_tests_first_need_both(checkout):
    assert checkout.make(DEV) == [RUN, TOOLS]
    assert checkout.make("setup") == []


@pytest.mark.parametrize(
    ("changed", "asked", "installed"),
    [
        ("requirements/train.txt", "setup", [RUN]),
        ("requirements/run.txt", DEV, [RUN, TOOLS]),
        ("requirements/engine.txt", "setup", [RUN]),
        ("requirements/dev.txt", "setup", []),
        ("requirements/dev.txt", DEV, [TOOLS]),
        ("requirements/gpu.txt", DEV, []),
        ("pyproject.toml", DEV, [RUN, TOOLS]),
        ("engine/pyproject.toml", "setup", [RUN]),
    ],
)
def test_a_changed_lock_is_installed_by_what_needs_it(checkout, changed, asked, installed):
    checkout.make(DEV)
    checkout.make("setup")
    os.utime(checkout.root / changed)
    assert checkout.again(asked) == installed


def test_a_sync_takes_the_tools_away_and_the_next_test_knows(checkout):
    checkout.make(DEV)
    assert checkout.make("setup", "GPU=1") == [GPU]
    assert checkout.make(DEV, "GPU=1") == [TOOLS]
    assert checkout.make("setup") == [RUN]
    assert checkout.make(DEV) == [TOOLS]


def test_the_light_environment_is_completed(checkout):
    assert checkout.make("setup", "LIGHT=1") == ["pip install"]
    assert checkout.make("setup") == [RUN]


@pytest.mark.parametrize("target", ["test", "lint", "format", "check", "drift"])
def test_what_needs_the_tools_waits_for_them(target):
    rules = (ROOT / "Makefile").read_text().splitlines()
    [rule] = [line for line in rules if line.startswith(f"{target}: $")]
    assert rule.split(" ##")[0].split()[1] == "$(DEV)"
