"""Every overlay, rendered once a process."""

import copy as copies
from pathlib import Path

import pytest
import rendering


@pytest.fixture(scope="session")
def _rendered(tmp_path_factory) -> dict[str, list[dict]]:
    k8s = rendering.copy(tmp_path_factory.mktemp("manifests") / "k8s")
    folders = {name: k8s / "overlays" / name for name in rendering.ENVIRONMENTS}
    folders["gpu"] = rendering.with_component(k8s, "gpu")
    folders["watched"] = rendering.with_component(k8s, "model-monitoring")
    folders["challenged"] = rendering.challenged(k8s)
    folders |= {name: k8s / name for name in ("argocd", "namespaces")}
    folders["workflows"] = k8s.parent / rendering.WORKFLOWS
    return {name: rendering.render(folder) for name, folder in folders.items()}


@pytest.fixture
def rendered(_rendered) -> dict[str, list[dict]]:
    """Objects by overlay and folder; `gpu`, `watched` and `challenged` are copies of production."""
    return copies.deepcopy(_rendered)


@pytest.fixture
def k8s(tmp_path) -> Path:
    """Our manifests, to be changed."""
    return rendering.copy(tmp_path / "k8s")
