"""All that Kustomize makes of k8s and pipelines/argo, for a release that is made up if need be."""

import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from mainline.check.manifests import Objects
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.k8s import workflow_files
from mainline.k8s.rendered import build, renderer
from mainline.release.release_file import Release

ARGOCD, NAMESPACES = (Layout.manifests / name for name in ("argocd", "namespaces"))
# A new project has no release, and production none before the first promotion.
MADE_UP = Release(
    name="made_up",
    version="123456789012345",
    image=f"registry.example.com/made-up-model@sha256:{'a' * 64}",
    digest=f"sha256:{'a' * 64}",
    content=f"sha256:{'b' * 64}",
)


@dataclass(frozen=True)
class Rendered:
    """Objects, or the error, of each folder by its path below the git root."""

    objects: dict[Path, Objects]
    releases: dict[Path, Release]  # of overlays
    errors: dict[Path, str] = field(default_factory=dict)

    def workflows(self) -> Objects:
        """The objects of pipelines/argo; an empty list without that folder."""
        folder = workflow_files.FOLDER
        found = (it for key, it in self.objects.items() if key.match(str(folder)))
        return next(found, [])

    def overlays(self) -> dict[str, Objects]:
        """Objects by environment."""
        return {it.name: self.objects[it] for it in self.releases if it in self.objects}


def render(root: Path) -> Rendered:
    """Render each overlay of the model in `root`, the other folders, all in a copy.

    Raises MainlineError when no renderer is installed, or a release file cannot be read.
    """
    renderer()
    layout = Layout(root)
    if not layout.manifests.is_dir():
        raise MainlineError(
            f"{Layout.manifests} does not exist.", hint="Run this at the top of the project."
        )
    with tempfile.TemporaryDirectory() as scratch:
        top = Path(scratch)
        own = layout.directory / Layout.overlays
        shutil.copytree(layout.manifests, top / Layout.manifests)
        if layout.overlays.is_dir():
            shutil.copytree(layout.overlays, top / own, dirs_exist_ok=True)
        argo = workflow_files.FOLDER  # the model's own, or the one at the git root
        for folder in (argo, layout.directory / argo):
            if (layout.top / folder).is_dir():
                shutil.copytree(layout.top / folder, top / folder, dirs_exist_ok=True)
                argo = folder
        overlays = sorted(it.parent for it in (top / own).glob("*/kustomization.yaml"))
        releases = {it.relative_to(top): _release(it) for it in overlays}
        others = (it for it in (ARGOCD, NAMESPACES, argo) if (top / it).is_dir())
        folders = [*releases, *others]
        with ThreadPoolExecutor(4) as pool:  # each waits for a process
            texts = dict(zip(folders, pool.map(_built, (top / it for it in folders)), strict=True))
    errors = {key: str(it) for key, it in texts.items() if isinstance(it, MainlineError)}
    objects = {key: parsed(it) for key, it in texts.items() if isinstance(it, str)}
    return Rendered(objects, releases, errors)


def parsed(text: str) -> Objects:
    """The objects in a YAML text of several documents."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return [found for found in yaml.load_all(text, Loader=loader) if found]


def _release(overlay: Path) -> Release:
    path = overlay / Layout.release.name
    if path.is_file():
        name = Path(*path.parts[-4:])  # below k8s
        return Release.parse(path.read_text(encoding="utf-8"), name=str(name))
    path.write_text(MADE_UP.render(), encoding="utf-8")
    return MADE_UP


def _built(folder: Path) -> str | MainlineError:
    try:
        return build(folder)
    except MainlineError as error:
        return error
