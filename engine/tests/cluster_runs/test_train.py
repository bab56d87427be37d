"""The Workflow `train`: its pods in their order, what they ask for, and its report.

Fake nodes run nothing: no image is fetched, no volume or Secret is mounted, no command runs, and
the executor's report is written by the test. That the commands work is shown without a cluster.
"""

import json

import kubectl
import pytest
from task_results import end, lose, main

pytestmark = pytest.mark.cluster

COMMIT = "f" * 40
GPU = "nvidia.com/gpu"
TOO_LONG = "Pod was active on the node longer than the specified deadline"


def asks(pod: kubectl.Object) -> dict[str, str]:
    """What its command is told, by option."""
    return dict(option.split("=", 1) for option in main(pod)["args"][2:])


def failures(report: kubectl.Object) -> list[dict[str, str]] | None:
    """What the report is told of failed nodes: JSON, and that as a string of JSON."""
    return json.loads(json.loads(asks(report)["--failures"]))


def test_a_check_three_pods_in_order_and_a_report(submit, add_gpu_node, ours):
    gpu_node = add_gpu_node()
    run = submit("train", revision="better", gpus="1")
    check = run.pod("check(0)")
    assert asks(check)["--revision"] == "better"
    assert run.running() == ["check(0)"]
    end(check, commit=COMMIT)
    stages = ours.of("WorkflowTemplate")["train"]["spec"]["templates"][0]["dag"]["tasks"]
    for task in ("data", "train", "package"):
        pod = run.pod(f"{task}(0)")
        assert run.running() == [f"{task}(0)"]
        told = asks(pod)
        assert told["--revision"] == COMMIT
        (wired,) = [one for one in stages if one["name"] == task]
        assert told["--stages"] == wired["arguments"]["parameters"][0]["value"]
        limits = main(pod)["resources"]["limits"]
        assert limits.get(GPU) == ("1" if task == "train" else None)
        tolerated = {one.get("key") for one in pod["spec"]["tolerations"]}
        assert (GPU in tolerated) == (pod["spec"]["nodeName"] == gpu_node) == (task == "train")
        end(pod)
    report = run.report()
    assert (asks(report)["--status"], failures(report)) == ("Succeeded", None)
    assert asks(report)["--revision"] == COMMIT
    end(report)
    assert run.ended()["phase"] == "Succeeded"
    kubectl.until("the pods are gone", lambda: not run.pods())


def test_without_gpus_no_pod_asks_for_one(submit):
    run = submit("train", revision="main")
    end(run.pod("check(0)"), commit=COMMIT)
    end(run.pod("data(0)"))
    pod = run.pod("train(0)")
    assert GPU not in main(pod)["resources"]["limits"]
    assert GPU not in {one.get("key") for one in pod["spec"]["tolerations"]}


def test_each_pod_is_held_tight(submit):
    """No token in our container, nothing writable but volumes, and limits on every container."""
    pod = submit("train", revision="main").pod("check(0)")
    spec = pod["spec"]
    assert spec["securityContext"]["runAsUser"] == 65534
    for one in [*spec["initContainers"], *spec["containers"]]:
        assert one["securityContext"]["readOnlyRootFilesystem"]
        assert {"cpu", "memory"} <= set(one["resources"]["limits"])
    tokens = {
        mount["mountPath"]
        for mount in main(pod)["volumeMounts"]
        if mount["mountPath"].startswith("/var/run/secrets")
    }
    assert not tokens


def test_secrets_that_a_pod_needs_are_there_or_optional(submit, namespace):
    pod = submit("train", revision="main").pod("check(0)")
    needed = [volume["secret"] for volume in pod["spec"]["volumes"] if "secret" in volume]
    needed += [
        source["secretRef"] for source in main(pod).get("envFrom", []) if "secretRef" in source
    ]
    for secret in needed:
        name = secret.get("secretName") or secret["name"]
        assert secret.get("optional") or kubectl.get("secret", name, namespace)


def test_a_wrong_parameter_fails_in_the_first_pod(submit):
    run = submit("train", revision="no-such-branch")
    said = "no branch, tag or commit `no-such-branch`"
    end(run.pod("check(0)"), 1, said)
    report = run.report()
    told = asks(report)
    assert told["--revision"] == "no-such-branch"  # no commit was handed on
    (failure,) = [one for one in failures(report) if one["displayName"] == "check(0)"]
    assert failure["message"] == f"main: Error (exit code 1): {said}"
    assert told["--status"] == "Failed"
    end(report)
    assert run.ended()["phase"] == "Failed"
    assert run.nodes()["check(0)"]["message"] == failure["message"]
    assert {"data(0)", "train(0)", "package(0)"}.isdisjoint(run.pods())


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"revision": "main", "gpus": "two"}, "gpus is not a number from 0 to 4"),
        ({"revison": "main"}, "spec.arguments.revision.value"),
    ],
)
def test_what_the_controller_can_tell_starts_no_pod(submit, given, message):
    run = submit("train", **given)

    def told() -> bool:
        status = run.status()
        nodes = [node.get("message", "") for node in status.get("nodes", {}).values()]
        return message in " ".join([status.get("message", ""), *nodes])

    run.until(f"it says {message!r}", told)
    assert set(run.pods()) <= {"onExit(0)"}


def test_a_deadline_ends_it_and_it_goes_after_its_time(submit):
    soon = {"activeDeadlineSeconds": 4, "ttlStrategy": {"secondsAfterCompletion": 2}}
    run = submit("train", soon, revision="main")
    pod = run.pod("check(0)")
    assert pod["spec"]["activeDeadlineSeconds"] <= 4
    lose(pod, "DeadlineExceeded", TOO_LONG)  # which the kubelet does, and fake nodes do not
    report = run.report()
    assert asks(report)["--status"] == "Failed"
    end(report)

    def gone() -> bool:
        return not kubectl.says("get", "workflow", run.name, f"--namespace={run.namespace}")

    kubectl.until("the Workflow is deleted", gone)
