"""A namespace a file, with our rendered objects, in the throw-away cluster of KUBECONFIG."""

import copy
from collections.abc import Callable, Iterator

import kubectl
import pytest
import rendered
from runs import Run, workflow

NEEDED = ("applications", "cronworkflows", "workflows", "workflowtaskresults", "workflowtemplates")
WATCHED = ("podmonitors", "prometheusrules")
FAKE = "kwok.x-k8s.io/node"


@pytest.fixture(scope="session")
def cluster() -> None:
    """Fails with one line unless the cluster is there and is fit for these tests."""
    try:
        kubectl.reachable()
        kubectl.served("argoproj.io/v1alpha1", NEEDED)
        kubectl.served("monitoring.coreos.com/v1", WATCHED)
        nodes = [node["metadata"] for node in kubectl.find("nodes")]
        real = [node["name"] for node in nodes if FAKE not in node.get("annotations", {})]
        problem = f"every node should be a fake one (kwok), and {real} are not" if real else ""
    except kubectl.RefusedError as refused:
        problem = str(refused)
    if problem:
        pytest.fail(f"make cluster needs a throw-away cluster: {problem}", pytrace=False)


@pytest.fixture(scope="module")
def ours(request) -> rendered.Ours:
    """The objects of this file's namespace."""
    return rendered.workflows(request.module.__name__.removeprefix("test_").replace("_", "-"))


@pytest.fixture(scope="module")
def namespace(cluster, ours) -> Iterator[str]:
    """With our objects in it; deleted at the end."""
    kubectl.apply([ours.home])
    try:
        kubectl.apply(rendered.hurried(ours.objects))
        yield ours.namespace
    finally:
        kubectl.delete("namespace", ours.namespace)


@pytest.fixture
def submit(namespace) -> Iterator[Callable[..., Run]]:
    """Start a Workflow from a template; it is deleted with the test."""
    started: list[Run] = []

    def start(template: str, spec: kubectl.Object | None = None, **parameters: str) -> Run:
        made = copy.deepcopy(workflow(template, namespace, **parameters))
        made["spec"] |= spec or {}
        started.append(Run.of(made))
        return started[-1]

    yield start
    for run in started:
        run.delete()


@pytest.fixture
def add_gpu_node(cluster) -> Iterator[Callable[[], str]]:
    """Adds a fake node with two GPUs, which only pods that tolerate its taint may use."""
    room = {"cpu": "32", "memory": "128Gi", "ephemeral-storage": "200Gi", "pods": "110"}
    room["nvidia.com/gpu"] = "2"
    node = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"generateName": "gpu-", "annotations": {FAKE: "fake"}},
        "spec": {"taints": [{"key": "nvidia.com/gpu", "effect": "NoSchedule"}]},
        "status": {"allocatable": room, "capacity": room},
    }
    made: list[str] = []

    def add() -> str:
        made.append(kubectl.create(node)["metadata"]["name"])
        return made[-1]

    yield add
    kubectl.delete("node", *made)
