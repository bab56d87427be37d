"""Argo CD's projects, Applications and namespaces beside what the overlays render."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mainline.check.manifests import Object, Objects, name, of

SERVER = "https://kubernetes.default.svc"
KEPT = {"argocd.argoproj.io/sync-options": "Delete=false,Prune=false"}
RESTRICTED = {
    "pod-security.kubernetes.io/enforce": "restricted",
    "pod-security.kubernetes.io/enforce-version": "v1.36",
    "pod-security.kubernetes.io/audit": "restricted",
    "pod-security.kubernetes.io/warn": "restricted",
}


@dataclass(frozen=True)
class Cluster:
    """All that is rendered: overlays by environment, k8s/argocd and k8s/namespaces."""

    overlays: dict[str, Objects]
    argocd: Objects
    namespaces: Objects

    def needed(self) -> set[str]:
        """The namespaces of the overlays."""
        return {it["metadata"]["namespace"] for found in self.overlays.values() for it in found}

    def projects(self) -> tuple[Object, Object]:
        """The `spec` of the models' AppProject and of the namespaces'. Raises LookupError."""
        found = {name(it): it["spec"] for it in of(self.argocd, "AppProject")}
        (models,) = {it["project"] for it in self.applications(of(self.argocd, "ApplicationSet"))}
        (places,) = {it["project"] for it in self.applications(of(self.argocd, "Application"))}
        if models == places or {models, places} != set(found):
            raise LookupError(f"the projects are {sorted(found)}, not {models} and {places}")
        return found[models], found[places]

    def applications(self, objects: Objects) -> list[dict[str, Any]]:
        """The `spec` of each Application, those that an ApplicationSet makes for overlays too."""
        sets = [it["spec"]["template"]["spec"] for it in of(objects, "ApplicationSet")]
        made = [_filled(it, {"basename": key}) for it in sets for key in self.overlays]
        return made + [it["spec"] for it in of(objects, "Application")]


def repository(cluster: Cluster) -> Iterator[str]:
    """Projects, Applications and the generator name one repository."""
    named = {it["source"]["repoURL"] for it in cluster.applications(cluster.argocd)}
    named |= {url for spec in cluster.projects() for url in spec["sourceRepos"]}
    for found in of(cluster.argocd, "ApplicationSet"):
        for one in found["spec"]["generators"]:
            named.add(one["git"]["repoURL"])
    if len(named) != 1:
        yield f"the repositories are {sorted(named)}"


def destinations(cluster: Cluster) -> Iterator[str]:
    """Projects and Applications deploy to the overlays' namespaces of this cluster alone."""
    wanted = {(SERVER, namespace) for namespace in cluster.needed()}
    for which, spec in zip(("models", "namespaces"), cluster.projects(), strict=True):
        found = {(it.get("server"), it.get("namespace")) for it in spec["destinations"]}
        if found != wanted:
            yield f"the project of the {which} has the destinations {sorted(map(str, found))}"
    for it in cluster.applications(cluster.argocd):
        place = (it["destination"].get("server"), it["destination"].get("namespace"))
        if place not in wanted:
            yield f"an Application has the destination {place}"


def own_namespace(cluster: Cluster) -> Iterator[str]:
    """Each overlay is deployed to the namespace that its objects name."""
    for found in of(cluster.argocd, "ApplicationSet"):
        for key, objects in cluster.overlays.items():
            spec = _filled(found["spec"]["template"]["spec"], {"basename": key})
            inside = {it["metadata"]["namespace"] for it in objects}
            if inside != {spec["destination"].get("namespace")}:
                yield f"overlay {key} has {sorted(inside)}, its Application {spec['destination']}"


def kinds(cluster: Cluster) -> Iterator[str]:
    """The models' project allows the kinds that overlays render, and nothing cluster-wide."""
    models, _ = cluster.projects()
    allowed = {(it["group"], it["kind"]) for it in models.get("namespaceResourceWhitelist", [])}
    made = {
        (it["apiVersion"].rpartition("/")[0], it["kind"])
        for objects in cluster.overlays.values()
        for it in objects
    }
    for group, kind in sorted(made - allowed):
        yield f"namespaceResourceWhitelist lacks {kind} of {group or 'core'}"
    for group, kind in sorted(allowed - made):
        yield f"namespaceResourceWhitelist allows {kind} of {group or 'core'}, which is not used"
    if models.get("clusterResourceWhitelist") != []:
        yield f"clusterResourceWhitelist is {models.get('clusterResourceWhitelist')}"


def namespaces_alone(cluster: Cluster) -> Iterator[str]:
    """The namespaces' project makes the overlays' namespaces, and nothing inside of them."""
    _, places = cluster.projects()
    listed = {tuple(it.values()) for it in places.get("clusterResourceWhitelist", [])}
    wanted = {("", "Namespace", namespace) for namespace in cluster.needed()}
    if listed != wanted:
        yield f"clusterResourceWhitelist is {sorted(map(str, listed))}"
    if places.get("namespaceResourceBlacklist") != [{"group": "*", "kind": "*"}]:
        yield f"namespaceResourceBlacklist is {places.get('namespaceResourceBlacklist')}"


def restricted(cluster: Cluster) -> Iterator[str]:
    """Each overlay has a namespace with Pod Security `restricted` that no sync deletes."""
    there = {name(it): it["metadata"] for it in cluster.namespaces}
    yield from (
        f"{it} is in k8s/namespaces or in an overlay alone"
        for it in cluster.needed() ^ there.keys()
    )
    others = [it["kind"] for it in cluster.namespaces if it["kind"] != "Namespace"]
    yield from (f"k8s/namespaces holds a {kind}" for kind in others)
    for it, metadata in there.items():
        if metadata.get("labels") != RESTRICTED:
            yield f"{it} has the labels {metadata.get('labels')}"
        if metadata.get("annotations") != KEPT:
            yield f"{it} has the annotations {metadata.get('annotations')}"


def in_argocd(cluster: Cluster) -> Iterator[str]:
    """All of k8s/argocd is in Argo CD's own namespace, where alone it counts."""
    for found in cluster.argocd:
        if found["metadata"].get("namespace") != "argocd":
            yield f"{found['kind']} {name(found)} is in {found['metadata'].get('namespace')}"


def _filled(value: Any, path: dict[str, str]) -> Any:
    """A template's text with `{{ .path.basename }}` put in; other placeholders stay."""
    if isinstance(value, dict):
        return {key: _filled(inside, path) for key, inside in value.items()}
    if isinstance(value, str):
        return value.replace("{{ .path.basename }}", path["basename"])
    return value


RULES = (
    repository,
    destinations,
    own_namespace,
    kinds,
    namespaces_alone,
    restricted,
    in_argocd,
)
