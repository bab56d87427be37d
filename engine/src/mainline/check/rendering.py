"""All that Kustomize makes of a project's k8s folder, for a release that is made up if need be."""

import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from mainline.check.manifests import Objects
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.k8s.rendered import build, renderer
from mainline.release.release_file import Release

MANIFESTS = Layout.manifests
OVERLAYS, ARGOCD, NAMESPACES = "overlays", "argocd", "namespaces"  # below it
RELEASE_FILE = "release.yaml"
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
    """Objects, or the error, of each folder below k8s, such as `overlays/staging`."""

    objects: dict[str, Objects]
    releases: dict[str, Release]
    errors: dict[str, str] = field(default_factory=dict)

    def overlays(self) -> dict[str, Objects]:
        """Objects by environment."""
        found = self.objects.items()
        return {Path(key).name: it for key, it in found if key.startswith(OVERLAYS)}


def render(root: Path) -> Rendered:
    """Render each overlay, k8s/argocd and k8s/namespaces of a project, in a copy.

    Raises MainlineError when no renderer is installed, or a release file cannot be read.
    """
    renderer()
    if not Layout(root).manifests.is_dir():
        raise MainlineError(
            f"{MANIFESTS} does not exist.", hint="Run this at the top of the project."
        )
    with tempfile.TemporaryDirectory() as scratch:
        k8s = Path(scratch) / MANIFESTS
        shutil.copytree(Layout(root).manifests, k8s)
        overlays = sorted(it.parent for it in k8s.glob(f"{OVERLAYS}/*/kustomization.yaml"))
        releases = {it.relative_to(k8s).as_posix(): _release(it) for it in overlays}
        folders = [*releases, *(it for it in (ARGOCD, NAMESPACES) if (k8s / it).is_dir())]
        with ThreadPoolExecutor(4) as pool:  # each waits for a process
            texts = dict(zip(folders, pool.map(_built, (k8s / it for it in folders)), strict=True))
    errors = {key: str(it) for key, it in texts.items() if isinstance(it, MainlineError)}
    objects = {key: parsed(it) for key, it in texts.items() if isinstance(it, str)}
    return Rendered(objects, releases, errors)


def parsed(text: str) -> Objects:
    """The objects in a YAML text of several documents."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return [found for found in yaml.load_all(text, Loader=loader) if found]


def _release(overlay: Path) -> Release:
    path = overlay / RELEASE_FILE
    if path.is_file():
        name = f"{MANIFESTS}/{OVERLAYS}/{overlay.name}/{path.name}"
        return Release.parse(path.read_text(encoding="utf-8"), name=name)
    path.write_text(MADE_UP.render(), encoding="utf-8")
    return MADE_UP


def _built(folder: Path) -> str | MainlineError:
    try:
        return build(folder)
    except MainlineError as error:
        return error
