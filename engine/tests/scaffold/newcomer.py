"""Somebody who has just started a project: its own names, and a laptop without CI or a server."""

import os
import subprocess
import sys
from pathlib import Path

from project_template import NEW, ROOT, render


class Newcomer:
    """A rendered project in a git repository, and its command."""

    def __init__(self, directory: Path) -> None:
        self.project = directory / NEW.project_slug
        render.render(ROOT, self.project, NEW)
        command = directory / "bin" / NEW.project_slug
        command.parent.mkdir()
        # Stands for the installed command; the environment is the one that runs this test.
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {NEW.package_name}.cli "$@"\n')
        command.chmod(0o755)
        python = str(Path(sys.executable).parent)
        known = os.environ.items()
        self.environment = {key: value for key, value in known if not key.startswith("GIT_")}
        self.environment["PATH"] = os.pathsep.join(
            [str(command.parent), python, os.environ["PATH"]]
        )
        self.environment["PYTHONPATH"] = str(self.project / "src")

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words,
            cwd=self.project,
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
        )

    def started(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            words,
            cwd=self.project,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def commit(self, message: str) -> None:
        identity = ["-c", "user.name=New", "-c", "user.email=new@example.com"]
        for words in (["add", "-A"], [*identity, "commit", "-qm", message]):
            done = self.run("git", *words)
            assert done.returncode == 0, done.stderr
