"""Workflows of pipelines/argo. Each rule yields what it finds wrong."""

import json
import re
from collections.abc import Iterator

from mainline.check.manifests import Object, Objects, name, of
from mainline.check.spreading import placeholders

RIGHTS = [
    {
        "apiGroups": ["argoproj.io"],
        "resources": ["workflowtaskresults"],
        "verbs": ["create", "patch"],
    }
]
GPU = "nvidia.com/gpu"
GPUS = re.compile(r'gpus matches \\"\^\[0-([0-9])\]\$\\"')  # in JSON
UNSET = "set-me"


def _templates(objects: Objects) -> Iterator[tuple[str, Object]]:
    """Each template, as WORKFLOW/TEMPLATE."""
    for found in of(objects, "WorkflowTemplate"):
        yield from ((f"{name(found)}/{it['name']}", it) for it in found["spec"]["templates"])


def references(objects: Objects) -> Iterator[str]:
    """Templates that a workflow, a task or a schedule names are there."""
    known = {name(found) for found in of(objects, "WorkflowTemplate")}
    for found in of(objects, "CronWorkflow"):
        named = found["spec"]["workflowSpec"]["workflowTemplateRef"]["name"]
        if named not in known:
            yield f"{name(found)} names the WorkflowTemplate {named}"
    for found in of(objects, "WorkflowTemplate"):
        spec = found["spec"]
        own = {it["name"] for it in spec["templates"]}
        tasks = [task for it in spec["templates"] for task in it.get("dag", {}).get("tasks", [])]
        used = [spec["entrypoint"], spec.get("onExit", ""), *(it["template"] for it in tasks)]
        yield from (f"{name(found)} names the template {it!r}" for it in used if it not in own)


def bounded(objects: Objects) -> Iterator[str]:
    """A workflow has a deadline, a time to live, removes its pods and reports how it ended."""
    for found in of(objects, "WorkflowTemplate"):
        for key in ("activeDeadlineSeconds", "ttlStrategy", "podGC", "onExit"):
            if not found["spec"].get(key):
                yield f"{name(found)} has no {key}"
    if not of(objects, "ResourceQuota"):
        yield "no ResourceQuota bounds the namespace"


def retries(objects: Objects) -> Iterator[str]:
    """A pod is tried again a few times, with a pause, by one expression on the last message."""
    used = set()
    for each, template in _templates(objects):
        if "container" not in template:
            continue
        strategy = template.get("retryStrategy") or {}
        used.add(strategy.get("expression"))
        if "lastRetry.message" not in str(strategy.get("expression")):
            yield f"{each} is tried again after a command that failed"
        if not 0 < int(strategy.get("limit", 0)) <= 5 or not strategy.get("backoff"):
            yield f"{each} has no limit of 1 to 5, or no backoff"
    if len(used) > 1:
        yield f"there are {len(used)} expressions"


def gpus(objects: Objects) -> Iterator[str]:
    """The template `train` alone may ask for a GPU."""
    asking = [each for each, template in _templates(objects) if GPU in json.dumps(template)]
    yield from (f"{each} asks for {GPU}" for each in asking if not each.endswith("/train"))
    for found in of(objects, "WorkflowTemplate"):
        if GPU in json.dumps(found["spec"] | {"templates": []}):
            yield f"{name(found)} asks for {GPU} in every pod"


def quota(objects: Objects) -> Iterator[str]:
    """The parameter `gpus` takes no more than the quota has."""
    has = min(int(it["spec"]["hard"][f"requests.{GPU}"]) for it in of(objects, "ResourceQuota"))
    for found in of(objects, "WorkflowTemplate"):
        text = json.dumps(found["spec"])
        limits = [int(it) for it in GPUS.findall(text)]
        if "workflow.parameters.gpus" in text and (not limits or max(limits) > has):
            yield f"{name(found)} takes {max(limits, default='any number')}, the quota has {has}"


def rights(objects: Objects) -> Iterator[str]:
    """Accounts are those of this folder; the only Role may write workflowtaskresults alone."""
    roles = of(objects, "Role", "ClusterRole")
    for found in roles:
        if found["kind"] != "Role" or found["rules"] != RIGHTS:
            yield f"{found['kind']} {name(found)} has the rules {found['rules']}"
    known = {name(found) for found in roles}
    for found in of(objects, "RoleBinding", "ClusterRoleBinding"):
        to = found["roleRef"]
        if found["kind"] != "RoleBinding" or to["kind"] != "Role" or to["name"] not in known:
            yield f"{found['kind']} {name(found)} binds to {to['kind']} {to['name']}"
    accounts = {name(found) for found in of(objects, "ServiceAccount")}
    for found in of(objects, "WorkflowTemplate"):
        executor = found["spec"].get("executor", {}).get("serviceAccountName")
        if executor not in accounts:
            yield f"the executor of {name(found)} has the account {executor}"


def closed(objects: Objects) -> Iterator[str]:
    """Nothing reaches a pod, and pods reach out only by ports that a policy names."""
    policies = of(objects, "NetworkPolicy")
    everything = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    if everything not in [found["spec"] for found in policies]:
        yield "no NetworkPolicy closes all pods in both directions"
    for found in policies:
        if found["spec"].get("ingress"):
            yield f"the NetworkPolicy {name(found)} lets somebody in"
        for rule in found["spec"].get("egress") or []:
            if not rule.get("ports"):
                yield f"the NetworkPolicy {name(found)} opens every port"


def scheduled(objects: Objects) -> Iterator[str]:
    """A schedule that is not suspended has values for what `set-me` stands for."""
    for found in of(objects, "CronWorkflow"):
        if not found["spec"].get("suspend") and UNSET in json.dumps(found["spec"]):
            yield f"{name(found)} runs, and its parameters hold {UNSET}"


def filled(objects: Objects) -> Iterator[str]:
    """No placeholder is left; k8s/settings and stages.yaml fill them in."""
    yield from placeholders(objects)


RULES = (references, bounded, retries, gpus, quota, rights, closed, scheduled, filled)


def of_pipeline(stages: tuple[str, str | None]) -> Iterator[str]:
    """stages.yaml divides the stages of dvc.yaml as they are now."""
    wanted, there = stages
    if there is None:
        yield "it is missing"
    elif there != wanted:
        yield "it names other stages, or another order"


FILES = (of_pipeline,)
