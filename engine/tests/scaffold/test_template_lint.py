"""A new project is as clean as this one, with names of any length and first letter."""

import subprocess
import sys
from pathlib import Path

import pytest
from project_template import NEW, ROOT, names, render

LONG = names.Names(
    "Quiet Harbour Crane Outages by Terminal Yards",
    "quiet-harbour-crane-outages-by-terminal-yards",
    "quiet_harbour_crane_out_by_day",
    "a-rather-long-name-of-an-organisation",
    "registry.example.com/with/a/long/path/of/its/own",
)
SHORT = names.Names("Z", "z", "z", "a", "ghcr.io")


@pytest.mark.parametrize("chosen", [NEW, LONG, SHORT], ids=lambda chosen: chosen.project_slug)
def test_ruff_changes_nothing(tmp_path, chosen):
    assert list(chosen.problems()) == []
    render.render(ROOT, tmp_path, chosen)
    said = _ruff(tmp_path, "check") + _ruff(tmp_path, "format --diff")
    assert not said, said  # comparing it with "" takes pytest minutes


def test_the_longest_names_are_tried():
    assert len(LONG.project_name) == names.LONGEST_TITLE
    assert len(LONG.project_slug) == names.LONGEST_SLUG
    assert len(LONG.package_name) == names.LONGEST_PACKAGE


def _ruff(folder: Path, command: str) -> str:
    """What it says of `folder` when it is not content."""
    ruff = [sys.executable, "-m", "ruff", *command.split(), "--no-cache", "."]
    done = subprocess.run(ruff, cwd=folder, check=False, capture_output=True, text=True)
    return done.stdout + done.stderr if done.returncode else ""
