"""A project whose modules a test writes."""

import shutil
import sys
import textwrap
from pathlib import Path

import pytest

import stage_runs


def forget() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "small"]:
        del sys.modules[name]


class Code:
    """The project at `root`; `write` gives a module of its package."""

    def __init__(self, root: Path) -> None:
        self.root, self.source = root, stage_runs.packaged(root)

    def write(self, module: str, text: str) -> None:
        """Another module of that name is forgotten: a process imports each once."""
        forget()
        shutil.rmtree(self.source / "__pycache__", ignore_errors=True)
        (self.source / f"{module}.py").write_text(textwrap.dedent(text))


@pytest.fixture
def code(tmp_path: Path) -> Code:
    return Code(tmp_path / "project")
