"""Overlays beside staging and production: with a GPU, without a gateway, with a challenger."""

import shutil
from pathlib import Path

import yaml

from mainline.check.rendering import MADE_UP
from mainline.delivery import propose_challenger
from mainline.k8s.environments import CHALLENGER
from mainline.release.release_file import Release

OTHER = Release(
    name=MADE_UP.name,
    version="1",
    image=f"registry.example.com/made-up-model@sha256:{'c' * 64}",
    digest=f"sha256:{'c' * 64}",
    content=f"sha256:{'d' * 64}",
)


def add(overlays: Path) -> None:
    """Copies of production: `gpu`, `alone` without a gateway, `challenged` by OTHER."""
    production = overlays / "production"
    overlay = yaml.safe_load((production / "kustomization.yaml").read_text())
    listed = overlay["components"]
    alone = [it for it in listed if "gateway" not in it]
    for name, components in (("gpu", ["../../components/gpu", *listed]), ("alone", alone)):
        shutil.copytree(production, overlays / name)
        text = yaml.safe_dump(overlay | {"components": components})
        (overlays / name / "kustomization.yaml").write_text(text)
    file = shutil.copytree(production, overlays / "challenged") / "kustomization.yaml"
    file.write_text(propose_challenger.listed(file.read_text(), str(file)))
    file.with_name(CHALLENGER).write_text(propose_challenger.render(OTHER))
