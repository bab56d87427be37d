"""A Job cannot be changed, so a change of what is tested gives the Job another name."""

import re
from collections.abc import Callable

import pytest
import rendering
import yaml
from rendering import OTHER, RELEASE

from mainline.check.manifests import of

pytestmark = pytest.mark.check

OVERLAY = "overlays/staging"
SERVER, COMMANDS, GATEWAY = "mainline/server", "mainline/commands", "mainline/gateway"
DIGEST = f"sha256:{'e' * 64}"


def name(k8s) -> str:
    (job,) = of(rendering.render(k8s / OVERLAY), "Job")
    return job["metadata"]["name"]


def edit(k8s, file: str, old: str, new: str) -> None:
    text = (k8s / file).read_text()
    assert old in text
    (k8s / file).write_text(text.replace(old, new))


def retag(k8s, name: str, change: Callable[[str], str]) -> None:
    """Give an image of k8s/settings another `newTag`."""
    path = k8s / "settings/kustomization.yaml"
    content = yaml.safe_load(path.read_text())
    [image] = [it for it in content["images"] if it["name"] == name]
    image["newTag"] = change(image["newTag"])
    path.write_text(yaml.safe_dump(content))


def pinned(tag: str) -> str:
    return f"{tag.partition('@')[0]}@{DIGEST}"


CHANGES = {
    "the server": lambda k8s: retag(k8s, SERVER, lambda tag: f"9.{tag}"),
    "the server's digest": lambda k8s: retag(k8s, SERVER, pinned),
    "the commands": lambda k8s: retag(k8s, COMMANDS, lambda tag: f"9.{tag}"),
    "their digest": lambda k8s: retag(k8s, COMMANDS, pinned),
    "the gateway": lambda k8s: retag(k8s, GATEWAY, pinned),
    "the Job": lambda k8s: edit(k8s, "components/smoke/job.yaml", '"420"', '"421"'),
}


@pytest.mark.parametrize("what", CHANGES)
def test_another_test_is_another_job(k8s, rendered, what):
    (before,) = of(rendered["staging"], "Job")
    CHANGES[what](k8s)
    changed = name(k8s)
    assert changed != before["metadata"]["name"]
    assert re.fullmatch(rf"smoke-{RELEASE.version}-[a-z0-9]{{10}}", changed)


def test_another_release_is_another_job_and_the_one_before_has_its_name_back(k8s):
    before = name(k8s)
    rendering.write(k8s, "staging", OTHER)
    assert re.fullmatch(rf"smoke-{OTHER.version}-[a-z0-9]{{10}}", name(k8s))
    rendering.write(k8s, "staging", RELEASE)
    assert name(k8s) == before


def test_another_number_of_pods_is_the_same_test(k8s):
    before = name(k8s)
    edit(k8s, f"{OVERLAY}/kustomization.yaml", "count: 1", "count: 2")
    assert name(k8s) == before


def test_another_server_for_gpus_is_the_same_test(k8s):
    before = name(k8s)
    retag(k8s, "mainline/server-gpu", pinned)
    assert name(k8s) == before


def test_what_the_name_is_made_of_goes_to_no_cluster(rendered):
    names = {found["metadata"]["name"] for found in of(rendered["staging"], "ConfigMap")}
    assert not [one for one in names if one.startswith("smoke")]
