"""Namespaces: one an overlay, Pod Security restricted, never deleted by a sync."""

import pytest
import rendering

pytestmark = pytest.mark.check

LABELS = {
    "pod-security.kubernetes.io/enforce": "restricted",
    "pod-security.kubernetes.io/enforce-version": "v1.36",
    "pod-security.kubernetes.io/audit": "restricted",
    "pod-security.kubernetes.io/warn": "restricted",
}
KEPT = {"argocd.argoproj.io/sync-options": "Delete=false,Prune=false"}


def problems(rendered: dict[str, list[dict]]) -> list[str]:
    needed = {
        found["metadata"]["namespace"]
        for environment in rendering.ENVIRONMENTS
        for found in rendered[environment]
    }
    found = {it["metadata"]["name"]: it["metadata"] for it in rendered["namespaces"]}
    said = [f"{name} in one place only" for name in needed ^ found.keys()]
    said += [f"{it['kind']}" for it in rendered["namespaces"] if it["kind"] != "Namespace"]
    for name, metadata in found.items():
        if metadata.get("labels") != LABELS:
            said.append(f"{name} is not restricted")
        if metadata.get("annotations") != KEPT:
            said.append(f"{name} can be deleted by a sync")
    return said


def test_every_overlay_has_a_restricted_namespace(rendered):
    assert problems(rendered) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it["namespaces"].pop(),
        lambda it: it["namespaces"][0]["metadata"].pop("annotations"),
        lambda it: it["namespaces"][0]["metadata"]["labels"].update(
            {"pod-security.kubernetes.io/enforce": "privileged"}
        ),
        lambda it: it["staging"][0]["metadata"].update(namespace="default"),
        lambda it: it["namespaces"].append(it["staging"][0]),
    ],
    ids=["missing", "deletable", "privileged", "elsewhere", "something else"],
)
def test_a_flaw_is_noticed(rendered, change):
    change(rendered)
    assert problems(rendered)
