"""Workflows as other people's tools read them; and each tool refuses what it is there to refuse."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.y*ml"))

pytestmark = pytest.mark.check


def tool(name: str) -> str:
    """From this environment or engine/tools/bin, never from what the machine happens to have."""
    places = [folder / name for folder in (Path(sys.executable).parent, ROOT / "engine/tools/bin")]
    found = next((path for path in places if path.is_file()), None)
    assert found, f"{name} is not there: `make check` installs it"
    return str(found)


COMMANDS = {
    "actionlint": lambda: [tool("actionlint"), "-no-color", "-shellcheck", tool("shellcheck")],
    "schema": lambda: [
        *(tool("check-jsonschema"), "--builtin-schema", "vendor.github-workflows"),
    ],
    "zizmor": lambda: [tool("zizmor"), "--offline", "--no-progress", "--color=never"],
}


def read_by(name: str, *paths: Path) -> subprocess.CompletedProcess[str]:
    command = [*COMMANDS[name](), *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["actionlint", "schema", "zizmor"])
@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_nothing_is_found_in_our_workflows(name, path):
    done = read_by(name, path)
    assert done.returncode == 0, done.stdout + done.stderr


# What each has to refuse: one thing put wrong in a file of ours that nothing is found in.
PINNED = next(iter(re.findall(r"actions/checkout@.+", WORKFLOWS[0].read_text())))
GOOD = f"""\
name: Good
on: pull_request
permissions: {{}}
concurrency:
  group: good-${{{{ github.ref }}}}
  cancel-in-progress: true
jobs:
  one:
    name: one
    runs-on: ubuntu-latest
    steps:
      - uses: {PINNED}
        with:
          persist-credentials: false
      - run: echo "$HOME"
"""
BAD = {
    "actionlint": [
        ("an unknown context", "github.ref", "gihub.ref", 'undefined variable "gihub"'),
        ("a need of no job", "name: one", "needs: two", 'needs job "two"'),
        ("shellcheck's findings", '"$HOME"', "$HOME", "SC2086"),
    ],
    "schema": [("a misspelt key", "name: one", "tiemout-minutes: 5", "tiemout-minutes")],
    "zizmor": [
        ("an action by its tag", PINNED, "actions/checkout@v7", "unpinned-uses"),
        ("a token left on disk", "persist-credentials: false", "ref: main", "artipacked"),
        ("a contributor's text", '"$HOME"', "${{ github.head_ref }}", "template-injection"),
        ("a secret for forks", "on: pull_request", "on: pull_request_target", "dangerous-trigger"),
        ("the default rights", "permissions: {}", "defaults: {}", "excessive-permissions"),
    ],
}


@pytest.mark.parametrize("name", BAD)
def test_nothing_is_found_in_the_good_one(tmp_path, name):
    assert read_by(name, _workflow(tmp_path, GOOD)).returncode == 0


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        pytest.param(name, *case, id=f"{name}: {what}")
        for name, cases in BAD.items()
        for what, *case in cases
    ],
)
def test_a_flaw_is_found(tmp_path, name, old, new, said):
    assert GOOD.count(old) == 1
    done = read_by(name, _workflow(tmp_path, GOOD.replace(old, new)))
    assert done.returncode != 0
    assert said in done.stdout + done.stderr


def _workflow(folder: Path, text: str) -> Path:
    """Where the tools expect workflows, in a repository of their own."""
    path = folder / ".github/workflows/workflow.yml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path
