"""A new project is as clean as this one. Names of quite another length may want a `make format`."""

import re
import subprocess
import sys
from pathlib import Path

from project_template import NEW, ROOT, names, render


def test_ruff_is_content(tmp_path):
    render.render(ROOT, tmp_path, NEW)
    assert _ruff(tmp_path, "check") + _ruff(tmp_path, "format --diff") == ""


def test_after_make_format_it_is_content_with_the_longest_names(tmp_path):
    """`make format` fixes, formats and then judges: what the formatter breaks is no fault."""
    slug = "quiet-harbour-crane-outages-by-terminal-yards"  # 45 characters
    package = "quiet_harbour_crane_out_by_day"  # 30
    long = names.Names("Quiet Harbour", slug, package, "acme", "registry.example.com")
    assert not list(long.problems())
    render.render(ROOT, tmp_path, long)
    recipe = (ROOT / "Makefile").read_text().partition("\nformat:")[2].partition("\n\n")[0]
    commands = re.findall(r"/ruff (.*) \$\(SOURCES\)", recipe)
    assert len(commands) == 3
    assert "".join(_ruff(tmp_path, command) for command in commands) == ""


def _ruff(folder: Path, command: str) -> str:
    """What it says of `folder` when it is not content."""
    ruff = [sys.executable, "-m", "ruff", *command.split(), "--no-cache", "."]
    done = subprocess.run(ruff, cwd=folder, check=False, capture_output=True, text=True)
    return done.stdout + done.stderr if done.returncode else ""
