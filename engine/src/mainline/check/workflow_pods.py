"""The pods that Argo Workflows makes of a WorkflowTemplate, as far as rules ask about them."""

from typing import Any

import yaml

# Argo's own two containers; the controller's settings name their image.
ADDED = {"initContainers": "init", "containers": "wait"}
EXECUTOR = "quay.io/argoproj/argoexec:set-by-controller"


def pods(found: dict[str, Any]) -> list[dict[str, Any]]:
    """A pod template for each template of a WorkflowTemplate that runs a container.

    A template's own `podSpecPatch` is left out: it may be an expression.
    """
    spec = found["spec"]
    default = (spec.get("templateDefaults") or {}).get("container") or {}
    return [
        _pod(
            spec, f"{found['metadata']['name']}/{each['name']}", merged(default, each["container"])
        )
        for each in spec["templates"]
        if "container" in each
    ]


def _pod(spec: dict[str, Any], name: str, main: dict[str, Any]) -> dict[str, Any]:
    patch = yaml.safe_load(spec.get("podSpecPatch") or "{}")
    kept = ("automountServiceAccountToken", "securityContext", "serviceAccountName", "volumes")
    made = {key: spec[key] for key in kept if key in spec}
    if "enableServiceLinks" in patch:
        made["enableServiceLinks"] = patch["enableServiceLinks"]
    for key, own in ADDED.items():
        said = {"image": EXECUTOR}
        for it in patch.get(key) or []:
            said |= it if it["name"] == own else {}
        made[key] = [said | {"name": f"{name}/{own}"}]
    made["containers"].insert(0, main | {"name": name})
    return {"metadata": spec.get("podMetadata") or {}, "spec": made}


def merged(default: Any, own: Any) -> Any:
    """`own` over `default`, key by key; a list replaces a list."""
    if not (isinstance(default, dict) and isinstance(own, dict)):
        return own
    both = {key: merged(default[key], own[key]) for key in default.keys() & own.keys()}
    return default | own | both
