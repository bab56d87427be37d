"""What Argo CD may do for us: this repository, these namespaces, the kinds that we render."""

import pytest
from applications import applications
from objects import of
from rendering import ENVIRONMENTS

pytestmark = pytest.mark.check


def kind(found: dict) -> tuple[str, str]:
    version = found["apiVersion"]
    return version.rpartition("/")[0], found["kind"]


def listed(project: dict, key: str) -> set[tuple[str, ...]]:
    return {tuple(entry.values()) for entry in project["spec"].get(key, [])}


def refused(application: dict, project: dict) -> list[str]:
    """Argo CD holds the Application to the list, also when all that it has is cluster-wide."""
    place = application["spec"]["destination"]
    known = place in project["spec"]["destinations"]
    return [] if known else [f"{application['metadata']['name']}: destination {place}"]


def problems(rendered: dict[str, list[dict]], made: dict[str, dict]) -> list[str]:
    """What is allowed beyond what is needed, and what is needed and not allowed."""
    argocd = rendered["argocd"]
    apps = [*made.values(), *of(argocd, "Application")]
    projects = {it["metadata"]["name"]: it for it in of(argocd, "AppProject")}
    named = {it["spec"]["project"] for it in apps}
    if named != projects.keys():
        return [f"projects {named ^ projects.keys()}"]
    said = [one for it in apps for one in refused(it, projects[it["spec"]["project"]])]
    repositories = {it["spec"]["source"]["repoURL"] for it in apps}
    namespaces = {it["spec"]["destination"]["namespace"] for it in made.values()}
    for name, project in projects.items():
        spec = project["spec"]
        if set(spec["sourceRepos"]) != repositories or len(repositories) != 1:
            said.append(f"{name}: repositories {spec['sourceRepos']}")
        if {it["namespace"] for it in spec["destinations"]} != namespaces:
            said.append(f"{name}: namespaces {spec['destinations']}")
        if {it["server"] for it in spec["destinations"]} != {"https://kubernetes.default.svc"}:
            said.append(f"{name}: clusters {spec['destinations']}")
    models = projects[made["staging"]["spec"]["project"]]
    needed = {kind(found) for environment in ENVIRONMENTS for found in rendered[environment]}
    if listed(models, "namespaceResourceWhitelist") != needed:
        said.append(f"kinds {listed(models, 'namespaceResourceWhitelist') ^ needed}")
    if models["spec"]["clusterResourceWhitelist"] != []:
        said.append("models reach the whole cluster")
    (other,) = (project for project in projects.values() if project is not models)
    ours = {("", "Namespace", found["metadata"]["name"]) for found in rendered["namespaces"]}
    if listed(other, "clusterResourceWhitelist") != ours:
        said.append("more of the cluster than our namespaces")
    if listed(other, "namespaceResourceBlacklist") != {("*", "*")}:
        said.append("the namespaces' project reaches into them")
    return said


@pytest.fixture
def made(k8s, rendered):
    return applications(k8s, rendered["argocd"])


def test_what_is_allowed_is_what_is_needed(rendered, made):
    assert problems(rendered, made) == []


def spec(rendered: dict[str, list[dict]], project: str) -> dict:
    found = {it["metadata"]["name"]: it["spec"] for it in of(rendered["argocd"], "AppProject")}
    (namespaces,) = (name for name in found if name.endswith("-namespaces"))
    return found[namespaces if project == "namespaces" else namespaces[: -len("-namespaces")]]


def test_argo_cd_finds_them_where_it_looks(rendered):
    # Applications, projects and its own ConfigMap count in its own namespace alone.
    assert {found["metadata"]["namespace"] for found in rendered["argocd"]} == {"argocd"}


EVERYTHING = {"group": "*", "kind": "*"}
ANYWHERE = {"server": "*", "namespace": "*"}


@pytest.mark.parametrize(
    "change",
    [
        lambda it, one: spec(it, "models").update(sourceRepos=["*"]),
        lambda it, one: spec(it, "models")["destinations"].append(
            {"server": "*", "namespace": "*"}
        ),
        lambda it, one: spec(it, "models")["namespaceResourceWhitelist"].append(EVERYTHING),
        lambda it, one: spec(it, "models")["namespaceResourceWhitelist"].pop(),
        lambda it, one: spec(it, "models")["clusterResourceWhitelist"].append(EVERYTHING),
        lambda it, one: spec(it, "namespaces")["clusterResourceWhitelist"].append(EVERYTHING),
        lambda it, one: spec(it, "namespaces").pop("namespaceResourceBlacklist"),
        lambda it, one: it["staging"].append({"apiVersion": "v1", "kind": "Secret"}),
        lambda it, one: one["staging"]["spec"].update(project="default"),
        lambda it, one: one["production"]["spec"]["destination"].update(namespace="default"),
        lambda it, one: of(it["argocd"], "Application")[0]["spec"]["destination"].pop("namespace"),
        lambda it, one: one["production"]["spec"]["source"].update(repoURL="https://example.com"),
    ],
)
def test_a_gap_in_the_fence_is_noticed(rendered, made, change):
    change(rendered, made)
    assert problems(rendered, made)
