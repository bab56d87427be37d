"""What makes new projects, and a way to run cookiecutter on it, for the tests in this folder."""

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

from mainline.git import Git

ROOT = Path(__file__).resolve().parents[3]
TEMPLATE = ROOT / "cookiecutter"


def _load() -> dict[str, ModuleType]:
    """Its modules, which find one another as they do in a hook, but leave no name behind here."""
    own = ("names", "render", "wheel", "steps")
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
names, render, wheel, steps = (_MODULES[name] for name in ("names", "render", "wheel", "steps"))

OLD = names.HERE


def project(title: str, owner: str = "acme", registry: str = "registry.example.com"):
    """Names as cookiecutter derives them from a title."""
    slug = title.lower().replace(" ", "-")
    return names.Names(title, slug, slug.replace("-", "_"), owner, registry)


NEW = project("Fraud Risk")


def tree(root: Path) -> dict[str, tuple[bytes, bool]]:
    """Content and executable bit of all files below `root` by name, git's own aside."""
    return {
        name: ((root / name).read_bytes(), bool((root / name).stat().st_mode & 0o100))
        for name in everything(root)
    }


def everything(root: Path) -> list[str]:
    """All files below `root`, git's own aside."""
    found = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in found if path.parts[0] != ".git")


def known_to_git() -> list[str]:
    """What git tracks here or would offer to add."""
    listed = Git(ROOT).run("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def copied(target: Path) -> Path:
    """This repository's files without its history, as out of a zip file."""
    for name in known_to_git():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name)
    return target


def surroundings() -> dict[str, str]:
    """This environment with uv on PATH, without its network and without help from a shell."""
    kept = {key: value for key, value in os.environ.items() if key != "PWD"}
    path = os.pathsep.join([kept["PATH"], str(ROOT / ".uv/bin")])
    return kept | {"PATH": path, "UV_OFFLINE": "1"}


def cookiecutter(home: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command, without this machine's settings and with its own cache in `home`."""
    settings = home / "settings.yaml"
    settings.write_text(f"cookiecutters_dir: {home}/clones\nreplay_dir: {home}/replay\n")
    command = [sys.executable, "-m", "cookiecutter", "--no-input", f"--config-file={settings}"]
    return subprocess.run(
        [*command, *arguments],
        cwd=cwd,
        env=surroundings(),
        check=False,
        capture_output=True,
        text=True,
    )
