"""Kubernetes objects of an overlay, and the questions that several rules ask."""

from collections.abc import Iterator
from typing import Any

from mainline.check import workflow_pods

Object = dict[str, Any]
Objects = list[Object]

SERVER, SMOKE = "model-server", "smoke"  # values of the label app.kubernetes.io/name
CHALLENGER = "model-server-challenger"
GATEWAY = "gateway"  # a container beside the server


def of(objects: Objects, *kinds: str) -> Objects:
    """The objects of these kinds."""
    return [found for found in objects if found["kind"] in kinds]


def name(found: Object) -> str:
    """An object's name."""
    return str(found["metadata"]["name"])


def pods(objects: Objects) -> Objects:
    """Every pod, and the pod template of every kind that has one, such as Deployment or CronJob."""
    found = of(objects, "Pod")
    for it in objects:
        if it["kind"] == "WorkflowTemplate":
            found += workflow_pods.pods(it)
            continue
        spec = it.get("spec") or {}
        template = spec.get("jobTemplate", {}).get("spec", spec).get("template") or {}
        if "containers" in template.get("spec", {}):
            found.append(template)
    return found


def model_pods(objects: Objects) -> Objects:
    """The pod templates of k8s/base, components/challenger and components/smoke mount a model."""
    return [
        found["spec"]["template"]
        for found in of(objects, "Deployment", "Job")
        if name(found) in (SERVER, CHALLENGER) or name(found).startswith(SMOKE)
    ]


def deployments(objects: Objects) -> Objects:
    """The Deployment of the model server. Raises LookupError when there is none."""
    found = [it for it in of(objects, "Deployment") if name(it) == SERVER]
    if not found:
        raise LookupError(f"no Deployment is named {SERVER}")
    return found


def containers(objects: Objects) -> Iterator[tuple[Object, Object]]:
    """Each pod's `spec` with each of its containers, those that initialise it included."""
    for pod in pods(objects):
        inside = pod["spec"]["containers"] + pod["spec"].get("initContainers", [])
        yield from ((pod["spec"], container) for container in inside)


def servers(objects: Objects) -> list[tuple[Object, Object]]:
    """`spec` and container of the model server. Raises LookupError when there is none."""
    found = [(pod, it) for pod, it in containers(objects) if it["name"] == "server"]
    if not found:
        raise LookupError("no container is named `server`")
    return found


def gateways(objects: Objects) -> list[tuple[Object, Object]]:
    """`spec` and container of components/gateway; an empty list without it."""
    return [(pod, it) for pod, it in containers(objects) if it["name"] == GATEWAY]


def ports(pod: Object) -> dict[str, int]:
    """The ports of a pod template's containers by name."""
    return {
        port["name"]: port["containerPort"]
        for container in pod["spec"]["containers"]
        for port in container.get("ports", [])
    }


def flags(container: Object) -> dict[str, str]:
    """The arguments `--name=value` of a container, by name."""
    return dict(text.removeprefix("--").split("=", 1) for text in container["args"])


def matches(selector: Object, labels: dict[str, str]) -> bool:
    """Whether a selector of `matchLabels` fits. Raises ValueError for any other selector."""
    if set(selector) - {"matchLabels"}:
        raise ValueError(f"a selector that this rule cannot read: {selector}")
    return bool(selector.get("matchLabels", {}).items() <= labels.items())


def labels(pod: Object) -> dict[str, str]:
    """The labels of a pod template."""
    return dict(pod["metadata"].get("labels", {}))


def seconds(probe: Object) -> int:
    """How long a probe may fail before something happens."""
    return int(probe["periodSeconds"]) * int(probe["failureThreshold"])


def mebibytes(quantity: str) -> int:
    """A quantity such as `64Mi`."""
    units = {"Mi": 1, "Gi": 2**10, "Ti": 2**20, "Pi": 2**30}
    return int(quantity[:-2]) * units[quantity[-2:]]


def cores(quantity: str) -> float:
    """A quantity such as `250m` or `2`."""
    text = str(quantity)
    return float(text[:-1]) / 1000 if text.endswith("m") else float(text)
