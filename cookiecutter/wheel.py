"""The engine as one file: built from the folder `engine`, named by a requirement with its hash."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

PARTS = ("README.md", "pyproject.toml", "src")


class BuildError(Exception):
    """The engine could not be built."""


def vendor(root: Path, project: Path) -> None:
    """Write vendor/*.whl and requirements/engine.txt of `project`.

    The same sources give the same bytes. Raises BuildError when a command fails; then neither
    file is written.
    """
    with TemporaryDirectory() as folder:
        # A copy: `root` may be somebody's working tree, or be rendered from twice at a time.
        engine, made = Path(folder, "engine"), Path(folder, "made")
        engine.mkdir()
        for name in PARTS:
            source = root / "engine" / name
            ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "node_modules")
            if source.is_dir():
                shutil.copytree(source, engine / name, ignore=ignored)
            else:
                shutil.copy2(source, engine / name)
        # What each stage imports, which a stage compares with engine.yaml.
        _run([sys.executable, "-m", "mainline.lock.build"], PYTHONPATH=str(engine / "src"))
        _run([*_builder(root, made), str(engine)])
        [wheel] = made.glob("*.whl")
        (project / "vendor").mkdir(exist_ok=True)
        shutil.copy(wheel, project / "vendor" / wheel.name)
        content = hashlib.sha256(wheel.read_bytes()).hexdigest()
    line = f"./vendor/{wheel.name} --hash=sha256:{content}\n"
    (project / "requirements" / "engine.txt").write_text(line, "utf-8")


def _builder(root: Path, made: Path) -> list[str]:
    """uv on PATH, or the one that `make setup` has put into this clone; else pip."""
    uv = shutil.which("uv") or shutil.which("uv", path=str(root / ".uv" / "bin"))
    if uv:
        return [uv, "build", "--quiet", "--wheel", "--out-dir", str(made)]
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
    return [*pip, "--no-deps", "--wheel-dir", str(made)]


def _run(command: list[str], **environment: str) -> None:
    done = subprocess.run(
        command,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-2000:]
        raise BuildError(f"`{' '.join(command)}` failed:\n{said}")
