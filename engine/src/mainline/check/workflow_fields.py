"""Workflows may use the fields listed here. Each rule yields the other fields it finds."""

from collections.abc import Iterator
from typing import Any

from mainline.check.manifests import Object, Objects, name, of

# Each name maps to the fields below it. None allows every value: other rules check the value, or it
# adds no right, no container and no volume to a pod.
Fields = dict[str, Any]


def _any(*names: str) -> Fields:
    return dict.fromkeys(names)


PARAMETERS = _any("parameters")
NODES = _any("affinity", "nodeSelector", "tolerations")
TASK = _any("name", "template", "depends", "when", "withItems", "withParam", "withSequence")
TEMPLATE = _any("name", "container", "retryStrategy", "podSpecPatch", "metadata", "parallelism")
WORKFLOW = _any(
    *("entrypoint", "onExit", "activeDeadlineSeconds", "ttlStrategy", "podGC", "parallelism"),
    *("synchronization", "workflowMetadata", "podMetadata", "podSpecPatch", "securityContext"),
    *("serviceAccountName", "automountServiceAccountToken", "imagePullSecrets", "volumes"),
)
SCHEDULE = _any(
    *("suspend", "schedules", "timezone", "when", "stopStrategy", "concurrencyPolicy"),
    *("startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"),
    "workflowMetadata",
)
KNOWN: dict[str, Fields] = {
    "WorkflowTemplate": WORKFLOW
    | NODES
    | {
        "arguments": PARAMETERS,
        "executor": _any("serviceAccountName"),
        "templateDefaults": _any("container"),
        "templates": TEMPLATE
        | NODES
        | {
            "inputs": PARAMETERS,
            "outputs": PARAMETERS,
            "dag": {"tasks": TASK | {"arguments": PARAMETERS}},
        },
    },
    "CronWorkflow": SCHEDULE
    | {"workflowSpec": {"workflowTemplateRef": _any("name"), "arguments": PARAMETERS}},
}
Workflows = tuple[Objects, set[str]]  # as rendered, and each podSpecPatch of pipelines/argo/base


def known(workflows: Workflows) -> Iterator[str]:
    """Workflows have only the kinds and fields that these rules know."""
    for found in workflows[0]:
        where = f"{found['kind']} {name(found)}"
        if found["kind"] in KNOWN:
            yield from _unknown(found["spec"], KNOWN[found["kind"]], f"{where}: spec")
        elif found["apiVersion"].startswith("argoproj.io/"):
            yield f"{where} is of another kind than {' and '.join(KNOWN)}"


def patches(workflows: Workflows) -> Iterator[str]:
    """A podSpecPatch, which may change all of a pod, is one of pipelines/argo/base."""
    objects, shipped = workflows
    for where, text in pod_spec_patches(objects):
        if text not in shipped:
            yield f"{where} has the podSpecPatch {text[:60]}"


def pod_spec_patches(objects: Objects) -> Iterator[tuple[str, str]]:
    """Each podSpecPatch of a WorkflowTemplate, after WORKFLOW or WORKFLOW/TEMPLATE."""
    for found in of(objects, "WorkflowTemplate"):
        places: list[tuple[str, Object]] = [(name(found), found["spec"])]
        places += [(f"{name(found)}/{it['name']}", it) for it in found["spec"].get("templates", [])]
        yield from ((where, it["podSpecPatch"]) for where, it in places if "podSpecPatch" in it)


def _unknown(value: Any, fields: Fields, where: str) -> Iterator[str]:
    """The keys of a mapping, or of each mapping in a list, that `fields` does not have."""
    if isinstance(value, list):
        for it in value:
            yield from _unknown(it, fields, f"{where}[{it['name']}]")
        return
    for key, inside in value.items():
        if key not in fields:
            yield f"{where}.{key} is there, with {str(inside)[:60]}"
        elif fields[key]:
            yield from _unknown(inside, fields[key], f"{where}.{key}")


RULES = (known, patches)
