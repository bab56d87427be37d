"""A release changes one file, and that file changes the fields named here and no other."""

import pytest
import rendering
import yaml
from rendering import ENVIRONMENTS, OTHER, RELEASE

pytestmark = pytest.mark.check

POD = "spec.template"
IMAGE = f"{POD}.spec.volumes.0.image.reference"
NAME = f"{POD}.spec.containers.0.env.0.value"
SPREAD = {
    "Deployment": {
        f"{prefix}metadata.{field}": part
        for prefix in ("", f"{POD}.")
        for field, part in {
            "labels.app.kubernetes.io/version": "version",
            "annotations.release/digest": "digest",
            "annotations.release/content": "content",
        }.items()
    }
    | {IMAGE: "image", NAME: "name", NAME.replace("containers.0", "containers.1"): "name"},
    "Job": {f"{POD}.spec.containers.0.env.1.value": "version", IMAGE: "image", NAME: "name"},
}


def leaves(found: object, path: str = "") -> dict[str, object]:
    """Every scalar by its dotted path."""
    if isinstance(found, dict):
        pairs = found.items()
    elif isinstance(found, list):
        pairs = enumerate(found)
    else:
        return {path: found}
    return {
        place: leaf
        for key, inside in pairs
        for place, leaf in leaves(inside, f"{path}.{key}".lstrip(".")).items()
    }


def by_kind(objects: list[dict]) -> dict[tuple[str, int], dict[str, object]]:
    """Leaves by kind, and by place among those of the kind: a Job's own name changes."""
    kinds: dict[str, int] = {}
    found = {}
    for one in objects:
        place = kinds[one["kind"]] = kinds.get(one["kind"], -1) + 1
        found[one["kind"], place] = leaves(one)
    return found


def changes(before: list[dict], after: list[dict]) -> dict[tuple[str, str], tuple]:
    old, new = by_kind(before), by_kind(after)
    assert old.keys() == new.keys()
    return {
        (kind, path): (old[kind, place].get(path), new[kind, place].get(path))
        for kind, place in old
        for path in old[kind, place].keys() | new[kind, place].keys()
        if old[kind, place].get(path) != new[kind, place].get(path)
    }


def expected(kinds: set[str]) -> dict[tuple[str, str], tuple]:
    return {
        (kind, path): (getattr(RELEASE, part), getattr(OTHER, part))
        for kind in kinds & SPREAD.keys()
        for path, part in SPREAD[kind].items()
    }


def without_smoke_s_name(objects: list[dict]) -> list[dict]:
    """It follows a release, and more (test_smoke_name.py)."""
    names = {it["metadata"]["name"] for it in objects if it["kind"] == "Job"}
    text = yaml.safe_dump_all(objects)
    for name in names:
        text = text.replace(name, "smoke")
    return list(yaml.safe_load_all(text))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_release_changes_these_fields(k8s, environment):
    overlay = k8s / "overlays" / environment
    before = without_smoke_s_name(rendering.render(overlay))
    rendering.write(k8s, environment, OTHER)
    after = without_smoke_s_name(rendering.render(overlay))
    assert changes(before, after) == expected({it["kind"] for it in before})


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_one_before_is_byte_for_byte_back(k8s, environment):
    overlay = str(k8s / "overlays" / environment)
    build = (rendering.tool("kustomize"), "build", overlay)
    before = rendering.run(*build)
    rendering.write(k8s, environment, OTHER)
    assert rendering.run(*build) != before
    rendering.write(k8s, environment, RELEASE)
    assert rendering.run(*build) == before


def test_every_environment_has_a_place_for_one():
    assert ENVIRONMENTS == ["production", "staging"]


def test_a_change_of_more_would_show(rendered):
    changed = [*rendered["staging"]]
    service = next(found for found in changed if found["kind"] == "Service")
    place = changed.index(service)
    changed[place] = service | {"spec": service["spec"] | {"type": "NodePort"}}
    assert changes(rendered["staging"], changed) == {("Service", "spec.type"): (None, "NodePort")}


def test_nothing_of_a_release_stands_elsewhere():
    """Else a release would have to change it, too."""
    for path in rendering.K8S.glob("overlays/*/release.yaml"):
        release = rendering.Release.parse(path.read_text(), name=str(path))
        parts = (release.version, release.digest, release.content, release.image)
        others = [other for other in rendering.K8S.rglob("*.yaml") if other.name != "release.yaml"]
        assert others
        for other in others:
            assert not [part for part in parts if part in other.read_text()], other
