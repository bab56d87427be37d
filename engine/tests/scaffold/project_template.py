"""The template's own code and a way to run cookiecutter on it, for the tests in this folder."""

import importlib
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[3]
TEMPLATE = ROOT / "cookiecutter"


def _load() -> dict[str, ModuleType]:
    """Its modules, which find one another as they do in a hook, but leave no name behind here."""
    own = ("names", "render", "steps")
    others = {name: sys.modules.pop(name) for name in own if name in sys.modules}
    sys.path.insert(0, str(TEMPLATE))
    try:
        return {name: importlib.import_module(name) for name in own}
    finally:
        sys.path.remove(str(TEMPLATE))
        for name in own:
            sys.modules.pop(name, None)
        sys.modules.update(others)


_MODULES = _load()
names, render, steps = _MODULES["names"], _MODULES["render"], _MODULES["steps"]

OLD = names.Names.of(ROOT)


def project(title: str, owner: str = "acme", registry: str = "registry.example.com"):
    """Names as cookiecutter derives them from a title of two words or more."""
    slug = title.lower().replace(" ", "-")
    return names.Names(title, slug, slug.replace("-", "_"), owner, registry)


# This repository may be the project of that name: then the tests make another one.
NEW = project("Fraud Risk" if OLD.project_name != "Fraud Risk" else "Late Payment")


def tree(root: Path) -> dict[str, tuple[bytes, bool]]:
    """What the file list sees at `root`: content and executable bit by name."""
    paths = [root / path for path in render.files(root)]
    return {
        path.relative_to(root).as_posix(): (path.read_bytes(), bool(path.stat().st_mode & 0o100))
        for path in paths
    }


def everything(root: Path) -> list[str]:
    """All files below `root`, git's own aside."""
    found = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in found if path.parts[0] != ".git")


def cookiecutter(home: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command, without this machine's settings and with its own cache in `home`."""
    settings = home / "settings.yaml"
    settings.write_text(f"cookiecutters_dir: {home}/clones\nreplay_dir: {home}/replay\n")
    command = [sys.executable, "-m", "cookiecutter", "--no-input", f"--config-file={settings}"]
    # A hook has to find its template without help from the shell.
    environment = {key: value for key, value in os.environ.items() if key != "PWD"}
    return subprocess.run(
        [*command, *arguments],
        cwd=cwd,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
