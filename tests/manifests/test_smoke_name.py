"""A Job cannot be changed, so whatever changes what is tested gives the Job another name."""

import re

import pytest
import rendering
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


CHANGES = {
    "the server": ("base/kustomization.yaml", "newTag: 2.20.0", "newTag: 2.21.0"),
    "the server's digest": (
        "base/kustomization.yaml",
        "newTag: 2.20.0",
        f"newTag: 2.20.0\n    digest: {DIGEST}",
    ),
    "the commands": (f"{COMPONENT}/kustomization.yaml", "newTag: 0.1.0", "newTag: 0.2.0"),
    "their digest": (
        f"{COMPONENT}/kustomization.yaml",
        "newTag: 0.1.0",
        f"newTag: 0.1.0\n    digest: {DIGEST}",
    ),
    "the Job": (f"{COMPONENT}/job.yaml", '"420"', '"421"'),
}


@pytest.mark.parametrize("what", CHANGES)
def test_another_test_is_another_job(k8s, rendered, what):
    (before,) = of(rendered["staging"], "Job")
    edit(k8s, *CHANGES[what])
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
