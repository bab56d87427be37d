"""What the two hooks do, before and after cookiecutter has made the new directory."""

import os
import subprocess
import sys
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from names import Names
from render import ambiguities, render

ROOT = Path(__file__).resolve().parent.parent


def check(answers: Mapping[str, Any]) -> int:
    """Say what is wrong with the names. Returns the exit code."""
    if not (ROOT / "pyproject.toml").is_file():
        return _refuse(
            ["The folder `cookiecutter` is not in its repository; the project is made from there."]
        )
    names = Names.chosen(answers)
    problems = list(names.problems())
    if not problems:
        problems = [
            f"This name cannot be told from what the template already says in {place}"
            for place in islice(ambiguities(ROOT, names), 3)
        ]
        if problems:
            problems.append("Please take a name of two words or more that means only your project.")
    return _refuse(problems) if problems else 0


def make(answers: Mapping[str, Any], project: Path) -> int:
    """Fill `project` and say what comes next. Returns the exit code."""
    names = Names.chosen(answers)
    render(ROOT, project, names)
    if answers["init_git"]:
        _init_git(project)
    print(
        f"\n{names.project_name} is ready in {project}\n\n"
        f"  cd {project.name}\n"
        "  make format # once: names of another length break lines elsewhere\n"
        "  make run    # data, training, evaluation, packaging and the release file\n"
        "  make test\n"
    )
    return 0


def _refuse(problems: list[str]) -> int:
    print("", *problems, "Nothing was made.", "", sep="\n", file=sys.stderr)
    return 1


def _init_git(project: Path) -> None:
    """A repository of its own, unless the project lies in one already or there is no git."""
    # Inside somebody's git hook these variables name another repository.
    clean = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}

    def git(*arguments: str) -> bool:
        command = ["git", *arguments]
        done = subprocess.run(command, cwd=project, env=clean, check=False, capture_output=True)
        return done.returncode == 0

    try:
        if not git("rev-parse", "--is-inside-work-tree"):
            git("-c", "init.defaultBranch=main", "init")
    except FileNotFoundError:
        print("git is not installed; the pipeline needs it, and `git init -b main` in here.")
