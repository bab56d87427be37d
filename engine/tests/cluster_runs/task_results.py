"""Pods of a Workflow that end as a test says: the part of the kubelet and of Argo's executor.

Pods of fake nodes run nothing and never end. The controller learns an end from two places, and
both are written here: the executor's WorkflowTaskResult with the outputs, and the pod's status.
"""

import datetime
import json
from typing import Any

import kubectl

NODE_ID = "workflows.argoproj.io/node-id"
NODE_NAME = "workflows.argoproj.io/node-name"
WORKFLOW = "workflows.argoproj.io/workflow"


def task(pod: kubectl.Object) -> str:
    """The name of its task, as the graph has it; `train(0)` is the first try."""
    return pod["metadata"]["annotations"][NODE_NAME].split(".")[-1]


def main(pod: kubectl.Object) -> dict[str, Any]:
    """The container that runs our command."""
    (found,) = [one for one in pod["spec"]["containers"] if one["name"] == "main"]
    return found


def end(
    pod: kubectl.Object, code: int = 0, says: str = "", reason: str = "", **outputs: str
) -> None:
    """Let a running pod end with this exit code, last words and output parameters."""
    parameters = [
        one | {"value": outputs[one["name"]]}
        for one in _template(pod).get("outputs", {}).get("parameters", [])
        if one["name"] in outputs
    ]
    assert len(parameters) == len(outputs), "the template has not all of these outputs"
    _report(pod, {"parameters": parameters} if parameters and not code else {})
    reason = reason or ("Error" if code else "Completed")
    ended = {"main": _terminated(code, reason, says), "wait": _terminated(0, "Completed", "")}
    containers = [one | ended.get(one["name"], {}) for one in pod["status"]["containerStatuses"]]
    _set_status(pod, phase="Failed" if code else "Succeeded", containerStatuses=containers)


def lose(pod: kubectl.Object, reason: str, message: str) -> None:
    """Let the kubelet give a running pod up, as it does when its node shuts down."""
    _report(pod, {})
    killed = _terminated(143, "Error", "")
    containers = [one | killed for one in pod["status"]["containerStatuses"]]
    _set_status(pod, phase="Failed", reason=reason, message=message, containerStatuses=containers)


def _template(pod: kubectl.Object) -> dict[str, Any]:
    """As Argo's own container gets it."""
    (init,) = [one for one in pod["spec"]["initContainers"] if one["name"] == "init"]
    (text,) = [one["value"] for one in init["env"] if one["name"] == "ARGO_TEMPLATE"]
    return dict(json.loads(text))


def _report(pod: kubectl.Object, outputs: dict[str, Any]) -> None:
    meta = pod["metadata"]
    labels = {
        WORKFLOW: meta["labels"][WORKFLOW],
        "workflows.argoproj.io/report-outputs-completed": "true",
    }
    about = {"name": meta["annotations"][NODE_ID], "namespace": meta["namespace"], "labels": labels}
    kubectl.create(
        {"apiVersion": "argoproj.io/v1alpha1", "kind": "WorkflowTaskResult", "metadata": about}
        | ({"outputs": outputs} if outputs else {})
    )


def _terminated(code: int, reason: str, message: str) -> dict[str, Any]:
    now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    state = {"exitCode": code, "reason": reason, "startedAt": now, "finishedAt": now}
    return {
        "ready": False,
        "state": {"running": None, "terminated": state | ({"message": message} if message else {})},
    }


def _set_status(pod: kubectl.Object, **status: Any) -> None:
    meta = pod["metadata"]
    change = {"status": status}
    kubectl.patch("pod", meta["name"], meta["namespace"], change, "--subresource=status")
