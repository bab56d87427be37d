"""The server is a setting apart from the model; a GPU changes it and what the pod asks for."""

import pytest
import rendering
import rules_pods
import yaml
from objects import containers, mebibytes, of
from rules_server import servers

from customer_churn.images import pin
from customer_churn.images.mentions import mentions, read, write

pytestmark = pytest.mark.check

DIGEST = f"sha256:{'e' * 64}"


def set_image(k8s, folder: str, **setting: str) -> None:
    path = k8s / folder / "kustomization.yaml"
    content = yaml.safe_load(path.read_text())
    content["images"][0] |= setting
    path.write_text(yaml.safe_dump(content))


def image(objects: list[dict]) -> str:
    ((_, container),) = servers(objects)
    return container["image"]


@pytest.mark.parametrize("build", [rendering.render, rendering.render_by_kubectl])
def test_a_pinned_server_reaches_every_overlay(k8s, build):
    set_image(k8s, "base", digest=DIGEST)
    for environment in rendering.ENVIRONMENTS:
        assert image(build(k8s / "overlays" / environment)).endswith(f"@{DIGEST}")


@pytest.mark.parametrize("build", [rendering.render, rendering.render_by_kubectl])
def test_the_other_server_s_digest_does_not_stay_with_a_gpu(k8s, build):
    set_image(k8s, "base", digest=DIGEST)
    found = image(build(rendering.with_component(k8s, "gpu")))
    assert found.endswith("-gpu")


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
def test_make_pin_reaches_every_image_of_every_pod_and_the_tag_stays_readable(k8s, build):
    """Whatever a pod runs stands under `images`, where `pin` finds it; all rules hold then, too."""
    texts, tags = {}, set()
    for each in mentions(k8s.parent):
        pinned = pin.edited(read(k8s.parent / each.path), [(each, each.tag, DIGEST)])
        texts[each.path] = pinned
        tags.add(each.tag)
    write(k8s.parent, texts)
    folders = [k8s / "overlays" / name for name in rendering.ENVIRONMENTS]
    for folder in [*folders, rendering.with_component(k8s, "gpu")]:
        objects = build(folder)
        for _, container in containers(objects):
            named, _, digest = container["image"].partition("@")
            assert digest == DIGEST
            assert named.rpartition(":")[2] in tags
        assert list(rules_pods.no_latest(objects)) == []
