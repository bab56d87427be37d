"""What the two hooks do, before and after cookiecutter has made the new directory."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from names import Names, taken
from render import render
from wheel import BuildError, vendor

ROOT = Path(__file__).resolve().parent.parent


def check(answers: Mapping[str, Any]) -> int:
    """Say what is wrong with the names. Returns the exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036  it is cookiecutter's Python, not this repository's
        found = ".".join(map(str, sys.version_info[:3]))
        return _refuse([f"This needs cookiecutter under Python 3.11 or later; it is {found}."])
    if not (ROOT / "pyproject.toml").is_file():
        return _refuse(
            ["The folder `cookiecutter` is not in its repository; the project is made from there."]
        )
    names = Names.chosen(answers)
    problems = list(names.problems()) or list(taken(ROOT, names))
    return _refuse(problems) if problems else 0


def make(answers: Mapping[str, Any], project: Path) -> int:
    """Fill `project` and say what comes next. Returns the exit code; cookiecutter clears up."""
    names = Names.chosen(answers)
    render(ROOT, project, names)
    try:
        vendor(ROOT, project)
    except BuildError as error:
        hint = "Install uv (https://docs.astral.sh/uv) or pip: one of them builds the engine."
        return _refuse([f"The engine could not be built. {error}", hint])
    if answers["init_git"]:
        _init_git(project)
    print(
        f"\n{names.project_name} is ready in {project}\n\n"
        f"  cd {project.name}\n"
        "  make run    # data, training, evaluation, packaging and the release file\n"
        "  make test\n\n"
        "docs/continuous-integration.md says how it reaches GitHub.\n"
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
