"""A Job cannot be changed, so a change of what is tested gives the Job another name."""

import re
from collections.abc import Callable

import pytest
import rendering
import yaml
from objects import of
from rendering import OTHER, RELEASE

pytestmark = pytest.mark.check

OVERLAY, COMPONENT = "overlays/staging", "components/smoke"
DIGEST = f"sha256:{'e' * 64}"


def name(k8s) -> str:
    (job,) = of(rendering.render(k8s / OVERLAY), "Job")
    return job["metadata"]["name"]


def edit(k8s, file: str, old: str, new: str) -> None:
    text = (k8s / file).read_text()
    assert old in text
    (k8s / file).write_text(text.replace(old, new))


def retag(k8s, folder: str, change: Callable[[str], str]) -> None:
    """Give the one image of a kustomization another `newTag`."""
    path = k8s / folder / "kustomization.yaml"
    content = yaml.safe_load(path.read_text())
    [image] = content["images"]
    image["newTag"] = change(image["newTag"])
    path.write_text(yaml.safe_dump(content))


def pinned(tag: str) -> str:
    return f"{tag.partition('@')[0]}@{DIGEST}"


CHANGES = {
    "the server": lambda k8s: retag(k8s, "base", lambda tag: f"9.{tag}"),
    "the server's digest": lambda k8s: retag(k8s, "base", pinned),
    "the commands": lambda k8s: retag(k8s, COMPONENT, lambda tag: f"9.{tag}"),
    "their digest": lambda k8s: retag(k8s, COMPONENT, pinned),
    "the Job": lambda k8s: edit(k8s, f"{COMPONENT}/job.yaml", '"420"', '"421"'),
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


def test_what_the_name_is_made_of_goes_to_no_cluster(rendered):
    names = {found["metadata"]["name"] for found in of(rendered["staging"], "ConfigMap")}
    assert not [one for one in names if one.startswith("smoke")]
