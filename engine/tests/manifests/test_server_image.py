"""The server is a setting apart from the model; a GPU changes it and what the pod asks for."""

from pathlib import Path

import pytest
import rendering
import yaml

from mainline.check.manifests import containers, mebibytes, of, servers
from mainline.check.pods import no_latest

pytestmark = pytest.mark.check

DIGEST = f"sha256:{'e' * 64}"


def pin(path: Path) -> list[str]:
    """Give each image of a kustomization a digest, as Renovate does. Returns the tags."""
    content = yaml.safe_load(path.read_text())
    tags = [entry["newTag"].partition("@")[0] for entry in content.get("images", [])]
    for entry, tag in zip(content.get("images", []), tags, strict=True):
        entry["newTag"] = f"{tag}@{DIGEST}"
    path.write_text(yaml.safe_dump(content))
    return tags


def image(objects: list[dict]) -> str:
    ((_, container),) = servers(objects)
    return container["image"]


@pytest.mark.parametrize("build", [rendering.render, rendering.render_by_kubectl])
def test_a_pinned_server_reaches_every_overlay(k8s, build):
    pin(k8s / "settings/kustomization.yaml")
    for environment in rendering.ENVIRONMENTS:
        assert image(build(k8s / "overlays" / environment)).endswith(f"@{DIGEST}")


@pytest.mark.parametrize("build", [rendering.render, rendering.render_by_kubectl])
def test_a_change_of_the_monitoring_file_rolls_the_pods(k8s, build):
    """Servers read it once, at their start."""

    def pod() -> dict:
        (deployment,) = of(build(k8s / "overlays/staging"), "Deployment")
        return deployment["spec"]["template"]

    before = pod()
    path = k8s / "base/monitoring.config"
    path.write_text(path.read_text() + "# another\n")
    assert pod() != before


def test_a_gpu_is_asked_for_and_its_nodes_are_allowed(rendered):
    ((pod, container),) = servers(rendered["gpu"])
    ((_, without),) = servers(rendered["production"])
    for kind in ("requests", "limits"):
        memory = [mebibytes(it["resources"][kind]["memory"]) for it in (without, container)]
        assert memory[1] >= 4 * memory[0]
    assert container["resources"]["limits"]["nvidia.com/gpu"] == 1
    assert pod["tolerations"] == [
        {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
    ]
    assert container["image"].endswith("-gpu")


@pytest.mark.parametrize("environment", rendering.ENVIRONMENTS)
def test_nobody_gets_one_unasked(rendered, environment):
    ((pod, container),) = servers(rendered[environment])
    assert "nvidia.com/gpu" not in container["resources"]["limits"]
    assert "tolerations" not in pod


@pytest.mark.parametrize("build", [rendering.render, rendering.render_by_kubectl])
def test_a_digest_reaches_every_image_of_every_pod_and_the_tag_stays_readable(k8s, build):
    """Every pod's image stands under `images`, where Renovate and `set-image` write."""
    tags = [tag for path in k8s.rglob("kustomization.yaml") for tag in pin(path)]
    folders = [k8s / "overlays" / name for name in rendering.ENVIRONMENTS]
    for folder in [*folders, rendering.with_component(k8s, "gpu")]:
        objects = build(folder)
        for _, container in containers(objects):
            named, _, digest = container["image"].partition("@")
            assert digest == DIGEST
            assert named.rpartition(":")[2] in tags
        assert list(no_latest(objects)) == []
