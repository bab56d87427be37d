"""A node goes from the cluster, as a spot instance does, and its pod runs again on the next one.

This is a whole loss: the node's object is deleted, Kubernetes clears away the pod that was on it.
What a fake node cannot show is the time until a cloud notices and takes the object away.
"""

import kubectl
import pytest
from task_results import end

pytestmark = pytest.mark.cluster

COMMIT = "f" * 40
CLEARED = 120  # seconds: the garbage collector of pods waits a minute for a node to come back


def test_training_goes_on_where_the_next_gpu_is(submit, add_gpu_node):
    old = add_gpu_node()
    run = submit("train", revision="main", gpus="1")
    end(run.pod("check(0)"), commit=COMMIT)
    end(run.pod("data(0)"))
    assert run.pod("train(0)")["spec"]["nodeName"] == old
    kubectl.delete("node", old)
    assert run.message("train(0)", CLEARED) == "pod deleted"
    new = add_gpu_node()
    assert run.pod("train(1)")["spec"]["nodeName"] == new
