"""What Kustomize makes of an overlay, at any revision: what would change in the cluster."""

import difflib
import shutil
import subprocess
import tempfile
from pathlib import Path

from customer_churn.core.errors import MainlineError
from customer_churn.delivery.environments import ENVIRONMENTS, OVERLAYS, release_path
from customer_churn.git import Git

MANIFESTS = Path("k8s")
TOOLS = Path("tools/bin")


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
    """Kustomize as `make check` builds it, or as it is installed; kubectl has one inside."""
    built = TOOLS / "kustomize"
    if built.is_file():
        return [str(built.resolve()), "build"]
    if shutil.which("kustomize"):
        return ["kustomize", "build"]
    if shutil.which("kubectl"):
        return ["kubectl", "kustomize"]
    raise MainlineError(
        "neither kustomize nor kubectl is installed; `make tools` builds the former."
    )
