"""What Kustomize makes of an overlay, at any revision: what would change in the cluster."""

import difflib
import shutil
import subprocess
import tempfile
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.git import Git
from mainline.k8s.environments import ENVIRONMENTS, OVERLAYS, release_path

MANIFESTS = Path("k8s")


def rendered(root: Path) -> dict[str, str]:
    """Each environment that has a release, and its manifests as one YAML text.

    Raises MainlineError when no renderer is installed or an overlay does not render.
    """
    return {
        name: _build(root / OVERLAYS / name)
        for name in ENVIRONMENTS
        if (root / release_path(name)).is_file()
    }


def rendered_at(git: Git, revision: str) -> dict[str, str]:
    """The same of a commit, without touching the working tree."""
    if not git.run("ls-tree", revision, "--", MANIFESTS.as_posix()).strip():
        return {}
    with tempfile.TemporaryDirectory() as scratch:
        aside = {"GIT_INDEX_FILE": f"{scratch}/index"}  # an index of its own, not the user's
        manifests = (f"--prefix={MANIFESTS}/", f"{revision}:{MANIFESTS}")
        git.run("read-tree", *manifests, environment=aside)
        git.run("checkout-index", "--all", f"--prefix={scratch}/tree/", environment=aside)
        return rendered(Path(scratch) / "tree")


def difference(old: dict[str, str], new: dict[str, str]) -> dict[str, list[str]]:
    """A unified diff (lines) for each environment whose manifests differ."""
    found = {}
    for name in ENVIRONMENTS:
        before, after = old.get(name, ""), new.get(name, "")
        if before != after:
            named = (f"{name}, now", f"{name}, then")
            lines = difflib.unified_diff(
                before.splitlines(), after.splitlines(), *named, lineterm=""
            )
            found[name] = list(lines)
    return found


def _build(overlay: Path) -> str:
    done = subprocess.run([*_renderer(), str(overlay)], capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().replace(str(overlay), overlay.name)
        raise MainlineError(f"the overlay {overlay.name} does not render: {said[-500:]}")
    return done.stdout


def _renderer() -> list[str]:
    """Kustomize; kubectl has one inside."""
    if shutil.which("kustomize"):
        return ["kustomize", "build"]
    if shutil.which("kubectl"):
        return ["kubectl", "kustomize"]
    raise MainlineError(
        "neither kustomize nor kubectl is installed.",
        hint="Install one of them: https://kubectl.docs.kubernetes.io/installation/kustomize",
    )
