"""Argo CD's projects, Applications and namespaces beside what the overlays render."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mainline.check.manifests import Object, Objects, name, of
from mainline.check.rendering import NAMESPACES as FOLDER

MODELS, NAMESPACES, WORKFLOWS = "models", "namespaces", "workflows"
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
    """All that is rendered: overlays by environment, k8s/argocd, k8s/namespaces, pipelines/argo."""

    overlays: dict[str, Objects]
    argocd: Objects
    namespaces: Objects
    workflows: Objects = field(default_factory=list)

    def made(self, project: str) -> Objects:
        """The objects of `models` (every overlay) or `workflows` (pipelines/argo)."""
        overlays = [it for found in self.overlays.values() for it in found]
        return {MODELS: overlays, WORKFLOWS: self.workflows}[project]

    def needed(self, *projects: str) -> set[str]:
        """The namespaces of these projects' objects."""
        return {it["metadata"]["namespace"] for each in projects for it in self.made(each)}

    def projects(self) -> dict[str, Object]:
        """The `spec` of each AppProject: of `models`, `namespaces` and, if used, `workflows`.

        Raises LookupError for other AppProjects than the Applications name, one each.
        """
        found = {name(it): it["spec"] for it in of(self.argocd, "AppProject")}
        named = {MODELS: {it["project"] for it in self.applications("ApplicationSet")}}
        for it in self.applications("Application"):
            which = NAMESPACES if it["source"]["path"] == str(FOLDER) else WORKFLOWS
            named.setdefault(which, set()).add(it["project"])
        used = sorted(project for each in named.values() for project in each)
        if used != sorted(found) or {MODELS, NAMESPACES} - named.keys():
            raise LookupError(f"the projects are {sorted(found)}, not {' and '.join(used)}")
        return {which: found[project] for which, (project,) in named.items()}

    def applications(self, *kinds: str) -> list[dict[str, Any]]:
        """The `spec` of each Application, those that an ApplicationSet makes for overlays too."""
        kinds = kinds or ("ApplicationSet", "Application")
        objects = of(self.argocd, *kinds)
        sets = [it["spec"]["template"]["spec"] for it in of(objects, "ApplicationSet")]
        made = [_filled(it, {"basename": key}) for it in sets for key in self.overlays]
        return made + [it["spec"] for it in of(objects, "Application")]


def repository(cluster: Cluster) -> Iterator[str]:
    """Projects, Applications and the generator name one repository."""
    named = {it["source"]["repoURL"] for it in cluster.applications()}
    named |= {url for spec in cluster.projects().values() for url in spec["sourceRepos"]}
    for found in of(cluster.argocd, "ApplicationSet"):
        for one in found["spec"]["generators"]:
            named.add(one["git"]["repoURL"])
    if len(named) != 1:
        yield f"the repositories are {sorted(named)}"


def destinations(cluster: Cluster) -> Iterator[str]:
    """Projects and Applications deploy to the namespaces of their objects, in this cluster."""
    both = (MODELS, WORKFLOWS)
    for which, spec in cluster.projects().items():
        needed = cluster.needed(*(both if which == NAMESPACES else (which,)))
        found = {(it.get("server"), it.get("namespace")) for it in spec["destinations"]}
        if found != {(SERVER, namespace) for namespace in needed}:
            yield f"the project of the {which} has the destinations {sorted(map(str, found))}"
    for it in cluster.applications():
        place = (it["destination"].get("server"), it["destination"].get("namespace"))
        if place not in {(SERVER, namespace) for namespace in cluster.needed(*both)}:
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
    """A project allows the kinds that its folders render, and nothing cluster-wide."""
    for which, spec in cluster.projects().items():
        if which == NAMESPACES:
            continue
        allowed = {(it["group"], it["kind"]) for it in spec.get("namespaceResourceWhitelist", [])}
        made = {(it["apiVersion"].rpartition("/")[0], it["kind"]) for it in cluster.made(which)}
        where = f"namespaceResourceWhitelist of the {which}"
        for group, kind in sorted(made - allowed):
            yield f"{where} lacks {kind} of {group or 'core'}"
        for group, kind in sorted(allowed - made):
            yield f"{where} allows {kind} of {group or 'core'}, which is not used"
        if spec.get("clusterResourceWhitelist") != []:
            yield f"clusterResourceWhitelist is {spec.get('clusterResourceWhitelist')}"


def namespaces_alone(cluster: Cluster) -> Iterator[str]:
    """The namespaces' project makes the namespaces of the others, and nothing inside of them."""
    places = cluster.projects()[NAMESPACES]
    listed = {tuple(it.values()) for it in places.get("clusterResourceWhitelist", [])}
    wanted = {("", "Namespace", namespace) for namespace in cluster.needed(MODELS, WORKFLOWS)}
    if listed != wanted:
        yield f"clusterResourceWhitelist is {sorted(map(str, listed))}"
    if places.get("namespaceResourceBlacklist") != [{"group": "*", "kind": "*"}]:
        yield f"namespaceResourceBlacklist is {places.get('namespaceResourceBlacklist')}"


def restricted(cluster: Cluster) -> Iterator[str]:
    """Every namespace has Pod Security `restricted`, is used, and no sync deletes it."""
    there = {name(it): it["metadata"] for it in cluster.namespaces}
    yield from (
        f"{it} is in k8s/namespaces alone, or not there"
        for it in cluster.needed(MODELS, WORKFLOWS) ^ there.keys()
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
