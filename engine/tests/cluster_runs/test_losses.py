"""A lost node is made up for, a command that fails is not tried again.

Fake nodes lose nothing by themselves: the test deletes a pod, or writes into its status what a
kubelet writes there. Which of these a real loss gives depends on the cluster; each one is tried.
"""

import time

import kubectl
import pytest
from task_results import end, lose, main

pytestmark = pytest.mark.cluster

COMMIT = "f" * 40
SHUTDOWN = "Pod was terminated in response to imminent node shutdown."
PRESSURE = "The node was low on resource: memory. Threshold quantity: 100Mi, available: 80Mi."
# In its pod's first seconds the controller makes a pod that is gone anew, and counts no retry.
YOUNG = 11


def test_what_was_lost_with_a_node_runs_again(submit, namespace):
    run = submit("train", revision="main")
    pod = run.pod("check(0)")
    run.until("the node runs", lambda: run.nodes()["check(0)"]["phase"] == "Running")
    time.sleep(YOUNG)
    kubectl.delete("pod", pod["metadata"]["name"], namespace=namespace)
    assert run.message("check(0)") == "pod deleted"
    lose(run.pod("check(1)"), "Terminated", SHUTDOWN)
    end(run.pod("check(2)"), commit=COMMIT)
    end(run.pod("data(0)"))
    lose(run.pod("train(0)"), "Evicted", PRESSURE)
    end(run.pod("train(1)"), 143)  # drained: the kubelet ends the pod before it is gone
    end(run.pod("train(2)"))
    end(run.pod("package(0)"))
    report = run.report()
    assert f"--revision={COMMIT}" in main(report)["args"]  # also of a pod that was tried again
    end(report)
    status = run.ended()
    assert status["phase"] == "Succeeded"
    nodes = {node["displayName"]: node for node in status["nodes"].values()}
    assert nodes["check(1)"]["message"] == SHUTDOWN
    assert nodes["train(0)"]["message"] == PRESSURE
    assert nodes["train(1)"]["message"] == "main: Error (exit code 143)"


def test_a_node_that_is_lost_again_and_again_is_given_up(submit):
    run = submit("train", revision="main")
    for attempt in range(4):
        lose(run.pod(f"check({attempt})", 60), "Terminated", SHUTDOWN)
    end(run.report())
    assert run.ended()["phase"] == "Failed"
    assert run.nodes()["check"]["message"] == "No more retries left"


@pytest.mark.parametrize(
    ("code", "says", "message"),
    [
        (1, "the gate is closed: auc", "main: Error (exit code 1): the gate is closed: auc"),
        (2, "", "main: Error (exit code 2)"),
    ],
)
def test_a_command_that_fails_is_not_tried_again(submit, code, says, message):
    run = submit("train", revision="main")
    end(run.pod("check(0)"), commit=COMMIT)
    end(run.pod("data(0)"))
    end(run.pod("train(0)"))
    end(run.pod("package(0)"), code, says)
    end(run.report())
    status = run.ended()
    assert status["phase"] == "Failed"
    nodes = run.nodes()
    assert nodes["package(0)"]["message"] == message
    assert "package(1)" not in nodes


def test_a_pod_without_memory_enough_is_not_tried_again(submit):
    run = submit("train", revision="main")
    end(run.pod("check(0)"), commit=COMMIT)
    end(run.pod("data(0)"), 137, reason="OOMKilled")
    end(run.report())
    assert run.ended()["phase"] == "Failed"
    nodes = run.nodes()
    assert nodes["data(0)"]["message"] == "main: OOMKilled (exit code 137)"
    assert "data(1)" not in nodes
