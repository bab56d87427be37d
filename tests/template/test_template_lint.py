"""A new project is as clean as this one. Names of quite another length may want a `make format`."""

import subprocess
import sys

import pytest
from project_template import NEW, OLD, ROOT, render


@pytest.mark.parametrize("new", [OLD, NEW], ids=["same", "new"])
@pytest.mark.parametrize("command", ["check", "format --diff"])
def test_ruff_is_content(tmp_path, new, command):
    render.render(ROOT, tmp_path, new)
    ruff = [sys.executable, "-m", "ruff", *command.split(), "--no-cache", "."]
    done = subprocess.run(ruff, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
