"""What waits: a second training, and pods that the quota has no room for.

The quota counts what pods ask for, on fake nodes as on real ones.
"""

import kubectl
import pytest
from task_results import end

pytestmark = pytest.mark.cluster

COMMIT = "f" * 40
FILLER = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "filler"},
    "spec": {
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 65534,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [
            {
                "name": "main",
                "image": "none",
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "capabilities": {"drop": ["ALL"]},
                },
            }
        ],
    },
}


@pytest.fixture
def full(namespace, ours):
    """Leave no memory in the quota. Yields the quota's name."""
    (name, quota), *_ = ours.of("ResourceQuota").items()
    hard = quota["spec"]["hard"]
    filler = kubectl.Object(FILLER, metadata={"name": "filler", "namespace": namespace})
    (container,) = filler["spec"]["containers"]
    room = {"cpu": "1", "memory": hard["limits.memory"], "ephemeral-storage": "1Gi"}
    container["resources"] = {"requests": room, "limits": room}
    kubectl.create(filler)
    yield name
    kubectl.delete("pod", "filler", namespace=namespace, wait=True)


def test_a_second_training_waits_for_the_first(submit, namespace):
    first, second = submit("train", revision="main"), None
    first.pod("check(0)")
    second = submit("train", revision="other")
    waits = second.until("it waits", lambda: second.status().get("message"))
    assert waits == f"Waiting for {namespace}/Mutex/train lock. Lock status: 0/1"
    assert not second.pods()
    assert second.status()["phase"] == "Pending"
    end(first.pod("check(0)"), 1, "no such revision")
    end(first.report())
    first.ended()
    assert second.pod("check(0)")


def test_scoring_does_not_wait_for_a_training(submit):
    submit("train", revision="main").pod("check(0)")
    assert submit("score", input="a", output="b").pod("plan(0)")


def test_a_full_quota_is_told_and_waited_for(submit, namespace, full):
    run = submit("train", revision="main")
    said = run.message("check(0)")
    assert "is forbidden: exceeded quota" in said
    assert f"exceeded quota: {full}, requested: " in said
    assert run.nodes()["check(0)"]["phase"] == "Pending"
    kubectl.delete("pod", "filler", namespace=namespace, wait=True)
    assert run.pod("check(0)", 60)
