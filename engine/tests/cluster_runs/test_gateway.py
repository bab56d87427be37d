"""The gateway in production: Argo CD syncs it, a node is drained, a revert takes back what changed.

Fake nodes run nothing: what the API server, the schedulers and the controllers do with the pods is
seen here. That a gateway ships its log before it ends is shown by tests/gateway and `make pods`.
"""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import kubectl
import pytest
import rendered
import yaml
from deployed import ARGO_CD, Deployed
from kubectl import Object

from git_server import GitServer

pytestmark = pytest.mark.cluster

OURS = "model-behind-a-gateway"
OVERLAY = "k8s/overlays/production"
SERVER = "app.kubernetes.io/name=model-server"
COMPONENTS = ("gateway", "gateway-monitoring")


@pytest.fixture(scope="module")
def deployed(cluster, tmp_path_factory) -> Iterator[Deployed]:
    """Our AppProject, and the Application that the ApplicationSet makes of production."""
    namespace = f"{OURS}-production"
    made = Deployed.begun(namespace, namespace, tmp_path_factory.mktemp("gateway"))
    server, clone = GitServer(made.clone.parent / "origins", "token"), made.clone
    shutil.copytree(rendered.ROOT / "k8s", clone / "k8s")
    staging = clone / "k8s/overlays/staging/release.yaml"
    shutil.copy(staging, clone / OVERLAY / "release.yaml")
    name = yaml.safe_load((clone / "k8s/argocd/applicationset.yaml").read_text())["metadata"][
        "name"
    ]
    for path in clone.glob("k8s/**/*.yaml"):
        path.write_text(path.read_text().replace(name, OURS))
    settings = yaml.safe_dump_all(rendered.render(clone / "k8s/argocd"))
    settings = settings.replace(f"https://github.com/your-org/{OURS}", f"{server.url}/project")
    by_name = {(one["kind"], one["metadata"]["name"]): one for one in yaml.safe_load_all(settings)}
    project, generator = by_name["AppProject", OURS], by_name["ApplicationSet", OURS]
    homes = rendered.render(clone / "k8s/namespaces")
    kubectl.apply(one for one in homes if one["metadata"]["name"] == namespace)
    made.push()
    try:
        kubectl.apply([project, application(generator)])
        yield made
    finally:
        kubectl.delete("application", namespace, namespace=ARGO_CD, wait=True)
        kubectl.delete("appproject", OURS, namespace=ARGO_CD)
        kubectl.delete("namespace", namespace)
        server.close()


def application(generator: Object) -> Object:
    """What the ApplicationSet makes of the overlay; the test is there before its first look."""
    text = json.dumps(generator["spec"]["template"])
    text = text.replace("{{ .path.basename }}", "production").replace("{{ .path.path }}", OVERLAY)
    made: Object = json.loads(text)
    made["metadata"]["namespace"] = ARGO_CD
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application"} | made


def ready(pod: Object) -> bool:
    said = {it["type"]: it["status"] for it in pod["status"].get("conditions", [])}
    return said.get("Ready") == "True" and "deletionTimestamp" not in pod["metadata"]


def serving(deployed: Deployed, containers: list[str]) -> list[Object]:
    """The pods, once three are ready and all have these containers."""

    def look() -> list[Object]:
        found = kubectl.find("pods", deployed.namespace, SERVER)
        alike = all([it["name"] for it in pod["spec"]["containers"]] == containers for pod in found)
        return found if alike and len(found) == 3 and all(map(ready, found)) else []

    return kubectl.until(f"three pods with {' and '.join(containers)}", look, 60)


@contextmanager
def watched(deployed: Deployed) -> Iterator[list[Object]]:
    """Every pod as it was at each of its changes, in order; to be read afterwards."""
    asked = ("get", "pods", "--watch", "--output=json", f"--selector={SERVER}")
    command = ["kubectl", *asked, f"--namespace={deployed.namespace}"]
    seen: list[Object] = []
    with tempfile.TemporaryFile("w+") as said:  # a pipe would be full after three pods
        with subprocess.Popen(command, stdout=said) as process:
            try:
                yield seen
            finally:
                process.terminate()
        said.seek(0)
        left = said.read()
    decoder = json.JSONDecoder()
    while left := left.strip():
        with suppress(json.JSONDecodeError):  # the last one may be cut off
            pod, end = decoder.raw_decode(left)
            seen.append(pod)
            left = left[end:]
            continue
        break


def fewest_ready(seen: list[Object]) -> int:
    """Of the pods that were ready at once, after the first three were."""
    now: dict[str, bool] = {}
    counts = []
    for pod in seen:
        now[pod["metadata"]["name"]] = ready(pod)
        counts.append(sum(now.values()))
    return min(counts[counts.index(3) :])


def test_it_is_synced_and_takes_the_server_s_ports(deployed):
    status = deployed.synced(deployed.git("rev-parse", "HEAD"))
    release = yaml.safe_load((deployed.clone / OVERLAY / "release.yaml").read_text())["data"]
    for pod in serving(deployed, ["server", "gateway"]):
        server, gateway = pod["spec"]["containers"]
        assert pod["metadata"]["annotations"]["release/digest"] == release["digest"]
        own = {it["name"]: it["containerPort"] for it in gateway["ports"]}
        assert (own["grpc"], own["http"]) == (8500, 8501)
        assert {it["containerPort"] for it in server["ports"]} == {8510, 8511}
        assert pod["spec"]["terminationGracePeriodSeconds"] == 38
    slices = kubectl.find("endpointslices", deployed.namespace)
    assert {it["name"]: it["port"] for it in slices[0]["ports"]} == {"grpc": 8500, "http": 8501}
    kinds = {(one["kind"], one["name"]) for one in status["resources"]}
    assert ("NetworkPolicy", "store") in kinds
    deployed.refresh("hard")
    assert deployed.status()["sync"]["status"] == "Synced"
    assert len(deployed.status()["history"]) == 1  # the autoscaler's replicas are not undone


def test_a_node_is_drained_one_pod_at_a_time_each_with_its_grace(deployed):
    nodes = {pod["spec"]["nodeName"] for pod in serving(deployed, ["server", "gateway"])}
    assert len(nodes) == 3  # one a zone
    drained = sorted(nodes)[:2]
    options = ("--delete-emptydir-data", "--ignore-daemonsets", "--force", "--timeout=60s")
    try:
        with watched(deployed) as seen:
            kubectl.run("drain", *drained, f"--pod-selector={SERVER}", *options)
            serving(deployed, ["server", "gateway"])
    finally:
        kubectl.run("uncordon", *drained)
    assert fewest_ready(seen) == 2
    ended = [pod["metadata"] for pod in seen if "deletionTimestamp" in pod["metadata"]]
    grace: dict[str, int] = {}
    for about in ended:  # at last it is 0: the node has ended the pod
        grace.setdefault(about["name"], about["deletionGracePeriodSeconds"])
    assert list(grace.values()) == [38, 38]


def release(deployed: Deployed, edit: Callable[[], object], containers: list[str]) -> None:
    """Push this edit; while its pods replace the others, three are ready at any time."""
    edit()
    with watched(deployed) as seen:
        deployed.released()
        serving(deployed, containers)
    assert fewest_ready(seen) == 3


def revert(deployed: Deployed) -> None:
    release(deployed, lambda: deployed.git("revert", "--no-edit", "HEAD"), ["server", "gateway"])


def hashes(deployed: Deployed) -> set[str]:
    """Those of the pods' template: which ReplicaSets they are of."""
    found = kubectl.find("pods", deployed.namespace, SERVER)
    return {pod["metadata"]["labels"]["pod-template-hash"] for pod in found}


def test_a_setting_of_the_log_is_released_and_reverted_like_a_model(deployed):
    path, before = deployed.clone / "k8s/settings/gateway/settings.yaml", hashes(deployed)
    text = path.read_text()
    assert "sample: 1.0" in text
    half = text.replace("sample: 1.0", "sample: 0.5")
    release(deployed, lambda: path.write_text(half), ["server", "gateway"])
    assert not hashes(deployed) & before
    revert(deployed)
    assert hashes(deployed) == before


def test_the_gateway_is_taken_out_and_a_revert_brings_it_back(deployed):
    path, before = deployed.clone / OVERLAY / "kustomization.yaml", hashes(deployed)

    def leave_out() -> None:
        overlay = yaml.safe_load(path.read_text())
        gone = {f"../../components/{name}" for name in COMPONENTS}
        assert gone <= set(overlay["components"])
        overlay["components"] = [it for it in overlay["components"] if it not in gone]
        del overlay["configMapGenerator"]
        path.write_text(yaml.safe_dump(overlay))

    release(deployed, leave_out, ["server"])
    [server] = kubectl.find("pods", deployed.namespace, SERVER)[0]["spec"]["containers"]
    assert {it["name"]: it["containerPort"] for it in server["ports"]} == {
        "grpc": 8500,
        "http": 8501,
    }
    policies = kubectl.find("networkpolicies", deployed.namespace)
    assert "store" not in {it["metadata"]["name"] for it in policies}
    revert(deployed)
    assert hashes(deployed) == before
