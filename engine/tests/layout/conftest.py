"""A model at the git root, and one of several: real git, real DVC, a pipeline of shell scripts."""

import os

import pytest

from mainline.core.layout import Layout
from mainline.k8s.environments import release_path
from tiny_pipeline import IGNORED, PIPELINE, Tiny

KUSTOMIZATION = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
"""
BASE = f"{KUSTOMIZATION}resources: [pod.yaml]\n"
SETTINGS = """\
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
images: [{name: mainline/server, newName: tensorflow/serving, newTag: 2.20.0}]
"""
OVERLAY = f"{KUSTOMIZATION}resources: [BASE, release.yaml]\n" + (
    """\
replacements:
  - source: {kind: ConfigMap, name: release, fieldPath: data.image}
    targets:
      - select: {kind: Pod}
        fieldPaths: ["metadata.annotations.image"]
        options: {create: true}
"""
)
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: model}
spec: {containers: [{name: model, image: mainline/server}]}
"""
NETWORK = "src/small/network.py"


@pytest.fixture(params=[".", "models/second"])
def model(request, tmp_path, monkeypatch) -> Tiny:
    """A model whose training reads the project's package."""
    made = Tiny.create(tmp_path, request.param)
    made.enter(monkeypatch)
    made.share(NETWORK, "layers = 1\n")
    made.share(Layout.base, BASE)
    made.share(Layout.settings, SETTINGS)
    made.share(Layout.base.with_name("pod.yaml"), POD)
    made.write(Layout.params, "train: {seed: 1}\n")
    network = Layout(made.root).seen(NETWORK)
    made.write(Layout.pipeline, PIPELINE.replace("release.txt,", f"release.txt, {network},"))
    overlay = release_path("staging").parent
    base = os.path.relpath(made.top / "k8s/base", made.root / overlay)
    made.write(overlay / "kustomization.yaml", OVERLAY.replace("BASE", base))
    made.write(".gitignore", f"{IGNORED}/reports/\n/mlflow.db\n")
    return made


@pytest.fixture
def other(model) -> Tiny:
    """A second model beside it, which shares its git and its DVC."""
    made = Tiny(model.top.parent, "models/other")
    for name in ("ingest.sh", "train.sh", "figures.txt", ".gitignore", "params.yaml"):
        made.write(name, (model.root / name).read_text())
    made.write(Layout.pipeline, PIPELINE)
    return made
