"""A clone that goes away, and the environment that its revision locks."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mainline import DEFAULTS
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.progress import say
from mainline.git import Git
from mainline.process.children import environment
from mainline.proposal.secrets import withheld
from mainline.reproduce import engine

# What is of this process; the revision says itself what its libraries read from the environment.
OURS = {"VIRTUAL_ENV", "PYTHONPATH", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", *DEFAULTS}


@dataclass(frozen=True)
class Clone:
    """`variables` are those that the revision's commands run with; `python` runs them."""

    root: Path
    python: Path
    variables: dict[str, str]

    @property
    def minor(self) -> str:
        """Its Python, as 3.11."""
        asked = "import sys; print('{}.{}'.format(*sys.version_info))"
        command = [str(self.python), "-c", asked]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@contextmanager
def cloned(git: Git, commit: str) -> Iterator[Path]:
    """The model's directory in a clone of a commit with an empty cache.

    Nothing here is written to.
    """
    layout = Layout(git.root)
    with tempfile.TemporaryDirectory(prefix="reproduce-") as scratch:
        root = Path(scratch) / "clone"
        source = str(layout.top.resolve())
        git.run("clone", "--quiet", "--shared", "--no-checkout", "--template=", source, str(root))
        Git(root).run("checkout", "--quiet", "--detach", commit)
        model = root / layout.directory
        if not Layout(model).dvc.is_dir():
            raise MainlineError(f"{commit[:12]} is no DVC repository: it has no .dvc/config.")
        # A cache that the user shares with other projects is neither read nor written.
        Layout(model).dvc_config_local.write_text("[cache]\n    dir = cache\n", encoding="utf-8")
        yield model


def equipped(root: Path, clone: Path) -> Clone:
    """The clone with the packages that it locks: ours when they are the same, else new ones."""
    here, there = Layout(root).train_lock, Layout(clone).train_lock
    if not there.is_file():
        raise MainlineError(
            f"the revision has no {Layout.train_lock}, so its packages are not known."
        )
    locked = here.is_file() and Layout(clone).engine.is_file()  # an older one needs its own
    if locked and here.read_bytes() == there.read_bytes():
        say("reproduce", f"{Layout.train_lock} is the same there: this environment is used")
        variables = environment(*engine.importable(clone), Layout(clone).source)
        variables = {name: value for name, value in variables.items() if name not in DEFAULTS}
        return Clone(clone, Path(sys.executable), withheld(variables))
    say("reproduce", "the revision's libraries are others: it gets an environment of its own")
    variables = {name: value for name, value in os.environ.items() if name not in OURS}
    if shutil.which("make") is None:
        raise MainlineError("`make setup` in the revision's clone needs make on PATH.")
    command = ["make", "setup", f"PYTHON={Path(sys.executable).resolve()}"]
    if subprocess.run(command, cwd=Layout(clone).top, env=variables, check=False).returncode:
        raise MainlineError(
            "the revision's environment could not be made; what was said stands above."
        )
    commands = Layout(clone).top / ".venv/bin"
    path = f"{commands}{os.pathsep}{variables.get('PATH', '')}"
    variables |= {"PATH": path, "DVC_NO_ANALYTICS": "1"}
    engine.build(clone, commands / "python", variables)
    return Clone(clone, commands / "python", withheld(variables))
