"""A new project is as clean as this one, however long its names are and wherever they sort."""

import subprocess
import sys

import pytest
from project_template import NEW, OLD, ROOT, names, render

SHORTEST = names.Names("A1", "a1", "a_1", NEW.owner, NEW.registry)
LONGEST = names.Names(
    "Z" * names.LONGEST_TITLE,
    "z" * names.LONGEST_SLUG,
    "z" * names.LONGEST_PACKAGE,
    NEW.owner,
    NEW.registry,
)


@pytest.mark.parametrize("new", [OLD, NEW, SHORTEST, LONGEST], ids=["same", "new", "short", "long"])
@pytest.mark.parametrize("command", ["check", "format --diff"])
def test_ruff_is_content(tmp_path, new, command):
    render.render(ROOT, tmp_path, new)
    ruff = [sys.executable, "-m", "ruff", *command.split(), "--no-cache", "."]
    done = subprocess.run(ruff, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
