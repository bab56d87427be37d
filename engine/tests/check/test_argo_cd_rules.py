"""Argo CD may do what is needed: this repository, these namespaces, the kinds that we render."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from mainline.check import argo_cd
from mainline.check.argo_cd import Cluster
from mainline.check.manifests import of
from mainline.check.rendering import ARGOCD, NAMESPACES

pytestmark = pytest.mark.check

EVERYTHING = {"group": "*", "kind": "*"}
ANYWHERE = {"server": "*", "namespace": "*"}
PRIVILEGED = {"pod-security.kubernetes.io/enforce": "privileged"}


@pytest.fixture
def cluster(rendered) -> Cluster:
    overlays = {key: rendered.overlays()[key] for key in ("staging", "production")}
    argocd, namespaces = rendered.objects[ARGOCD], rendered.objects[NAMESPACES]
    return Cluster(overlays, argocd, namespaces, rendered.workflows())


def project(cluster: Cluster, name: str) -> dict:
    return cluster.projects()[name]


def template(cluster: Cluster) -> dict:
    return of(cluster.argocd, "ApplicationSet")[0]["spec"]["template"]["spec"]


def application(cluster: Cluster) -> dict:
    return of(cluster.argocd, "Application")[0]["spec"]


@pytest.mark.parametrize("rule", argo_cd.RULES, ids=lambda rule: rule.__name__)
def test_the_rule_holds(cluster, rule):
    assert list(rule(cluster)) == []


FLAWS: dict[str, list[Callable[[Cluster], object]]] = {
    "repository": [
        lambda it: project(it, "models").update(sourceRepos=["*"]),
        lambda it: template(it)["source"].update(repoURL="https://example.com"),
        lambda it: application(it)["source"].update(repoURL="https://example.com"),
        lambda it: of(it.argocd, "ApplicationSet")[0]["spec"]["generators"][0]["git"].update(
            repoURL="https://example.com"
        ),
    ],
    "destinations": [
        lambda it: project(it, "models")["destinations"].append(ANYWHERE),
        lambda it: project(it, "namespaces")["destinations"].pop(),
        lambda it: project(it, "workflows")["destinations"].append(ANYWHERE),
        lambda it: project(it, "models")["destinations"].append(
            project(it, "workflows")["destinations"][0]
        ),
        lambda it: template(it)["destination"].update(namespace="default"),
        lambda it: application(it)["destination"].pop("namespace"),
        lambda it: template(it)["destination"].update(server="https://example.com"),
    ],
    "own_namespace": [
        lambda it: template(it)["destination"].update(namespace="default"),
        lambda it: it.overlays["staging"][0]["metadata"].update(namespace="default"),
    ],
    "kinds": [
        lambda it: project(it, "models")["namespaceResourceWhitelist"].append(EVERYTHING),
        lambda it: project(it, "models")["namespaceResourceWhitelist"].pop(),
        lambda it: project(it, "models")["clusterResourceWhitelist"].append(EVERYTHING),
        lambda it: it.overlays["staging"].append({"apiVersion": "v1", "kind": "Secret"}),
        lambda it: project(it, "workflows")["namespaceResourceWhitelist"].pop(),
        lambda it: project(it, "workflows")["namespaceResourceWhitelist"].append(EVERYTHING),
        lambda it: it.workflows.append({"apiVersion": "v1", "kind": "Pod"}),
    ],
    "namespaces_alone": [
        lambda it: project(it, "namespaces")["clusterResourceWhitelist"].append(EVERYTHING),
        lambda it: project(it, "namespaces").pop("namespaceResourceBlacklist"),
    ],
    "restricted": [
        lambda it: it.namespaces.pop(),
        lambda it: it.namespaces[0]["metadata"].pop("annotations"),
        lambda it: it.namespaces[0]["metadata"]["labels"].update(PRIVILEGED),
        lambda it: it.overlays["staging"][0]["metadata"].update(namespace="default"),
        lambda it: it.namespaces.append(it.overlays["staging"][0]),
    ],
    "in_argocd": [lambda it: it.argocd[0]["metadata"].update(namespace="default")],
}


@pytest.mark.parametrize(
    ("name", "change"), [(name, change) for name, changes in FLAWS.items() for change in changes]
)
def test_a_gap_is_found(cluster, name, change):
    change(cluster)
    assert list(getattr(argo_cd, name)(cluster))


def test_every_rule_has_a_flaw():
    assert {rule.__name__ for rule in argo_cd.RULES} == FLAWS.keys()


def test_an_application_of_another_project_cannot_be_read(cluster):
    template(cluster)["project"] = "default"
    with pytest.raises(LookupError, match="and default"):
        list(argo_cd.kinds(cluster))


def test_a_kind_that_is_missing_is_named(cluster):
    cluster.overlays["production"].append(
        {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {}}
    )
    said = list(argo_cd.kinds(cluster))
    assert said == ["namespaceResourceWhitelist of the models lacks Ingress of networking.k8s.io"]


def test_a_cluster_without_argo_workflows_takes_one_line_out(cluster):
    """k8s/argocd/workflows.yaml, as docs/workflows.md says."""
    kept = [it for it in cluster.argocd if not it["metadata"]["name"].endswith("-workflows")]
    assert len(kept) == len(cluster.argocd) - 2
    without = replace(cluster, argocd=kept)
    assert [said for rule in argo_cd.RULES for said in rule(without)] == []


def test_a_project_that_no_application_uses_is_found(cluster):
    kept = [it for it in cluster.argocd if not it["metadata"]["name"].endswith("-workflows")]
    lone = next(it for it in cluster.argocd if it["kind"] == "AppProject")
    with pytest.raises(LookupError, match="the projects are"):
        list(argo_cd.kinds(replace(cluster, argocd=[*kept, lone | {"metadata": {"name": "lone"}}])))
