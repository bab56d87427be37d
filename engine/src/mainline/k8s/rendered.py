"""What Kustomize makes of an overlay, at any revision: what would change in the cluster."""

import difflib
import shutil
import subprocess
import tempfile
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.git import Git
from mainline.k8s.environments import ENVIRONMENTS, release_path


def rendered(root: Path) -> dict[str, str]:
    """Each environment that has a release, and its manifests as one YAML text.

    Raises MainlineError when no renderer is installed or an overlay does not render.
    """
    return {
        name: build(Layout(root).overlays / name)
        for name in ENVIRONMENTS
        if (root / release_path(name)).is_file()
    }


def rendered_at(git: Git, revision: str) -> dict[str, str]:
    """The same of a commit, without touching the working tree."""
    layout = Layout(git.root)
    whole = Git(layout.top)
    # Those of the model, and those that all models share.
    folders = {layout.directory / Layout.overlays.parent, Layout.manifests}
    with tempfile.TemporaryDirectory() as scratch:
        aside = {"GIT_INDEX_FILE": f"{scratch}/index"}  # an index of its own, not the user's
        for folder in folders:
            if whole.run("ls-tree", revision, "--", folder.as_posix()).strip():
                tree = (f"--prefix={folder}/", f"{revision}:{folder}")
                whole.run("read-tree", *tree, environment=aside)
        whole.run("checkout-index", "--all", f"--prefix={scratch}/tree/", environment=aside)
        return rendered(Path(scratch) / "tree" / layout.directory)


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


def build(folder: Path) -> str:
    """The manifests of a kustomization as one YAML text.

    Raises MainlineError when no renderer is installed or the folder does not render.
    """
    done = subprocess.run([*renderer(), str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().replace(str(folder), folder.name)
        raise MainlineError(f"the overlay {folder.name} does not render: {said[-500:]}")
    return done.stdout


def renderer() -> list[str]:
    """The command that renders a folder: Kustomize, or the one inside of kubectl.

    Raises MainlineError when neither is installed.
    """
    if shutil.which("kustomize"):
        return ["kustomize", "build"]
    if shutil.which("kubectl"):
        return ["kubectl", "kustomize"]
    raise MainlineError(
        "neither kustomize nor kubectl is installed.",
        hint="Install one of them: https://kubectl.docs.kubernetes.io/installation/kustomize",
    )
