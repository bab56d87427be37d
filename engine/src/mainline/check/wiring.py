"""Replicas, rollout, selectors and labels. Each rule yields what it finds wrong."""

from collections.abc import Iterator

from mainline.check.manifests import (
    GATEWAY,
    SERVER,
    Object,
    Objects,
    deployments,
    flags,
    labels,
    matches,
    name,
    of,
    pods,
    ports,
    seconds,
)

SELECTOR = {"matchLabels": {"app.kubernetes.io/name": SERVER}}
PROTOCOLS = {"kubernetes.io/h2c", "http"}
METRICS = "/metrics"  # of the gateway; the server's path is in monitoring.config
VERSION, HASH = "app.kubernetes.io/version", "rollouts-pod-template-hash"
PART_OF = {"app.kubernetes.io/part-of", "app.kubernetes.io/instance"}
BUDGET = {
    "selector": SELECTOR,
    "maxUnavailable": 1,
    "unhealthyPodEvictionPolicy": "AlwaysAllow",
}


def budgets(objects: Objects) -> Iterator[str]:
    """The server has one disruption budget, which lets one pod go at a time, sick ones at once."""
    for found in deployments(objects):
        ours = [
            budget["spec"]
            for budget in of(objects, "PodDisruptionBudget")
            if matches(budget["spec"]["selector"], labels(found["spec"]["template"]))
        ]
        if ours != [BUDGET]:
            yield f"the budgets of {name(found)} are {ours}"


def replicas(objects: Objects) -> Iterator[str]:
    """Either git or an autoscaler says how many replicas there are."""
    autoscalers = of(objects, "HorizontalPodAutoscaler")
    scaled = {it["spec"]["scaleTargetRef"]["name"] for it in autoscalers}
    named = {name(found): found["spec"] for found in of(objects, "Deployment")}
    yield from (f"an autoscaler scales {it}, which is missing" for it in scaled - named.keys())
    for it, spec in named.items():
        if ("replicas" in spec) == (it in scaled):
            yield f"{it} has replicas: {spec.get('replicas')} and autoscaler: {it in scaled}"


def rollout(objects: Objects) -> Iterator[str]:
    """A pod goes once its successor is ready; a rollout that hangs fails within 600 s."""
    for found in deployments(objects):
        spec = found["spec"]
        if spec.get("strategy") != {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}:
            yield f"the strategy is {spec.get('strategy')}"
        inside = spec["template"]["spec"]["containers"]
        start = max(seconds(it["startupProbe"]) for it in inside if "startupProbe" in it)
        deadline = spec.get("progressDeadlineSeconds", 0)
        if not start < deadline <= 600:
            yield f"progressDeadlineSeconds is {deadline}, and a start may take {start} s"


def autoscaling(objects: Objects) -> Iterator[str]:
    """The autoscaler keeps 2 pods or more, adds at once below 90 % of the CPU, removes slowly."""
    for found in of(objects, "HorizontalPodAutoscaler"):
        spec = found["spec"]
        if not 2 <= spec.get("minReplicas", 1) < spec["maxReplicas"]:
            yield f"it keeps {spec.get('minReplicas')} to {spec['maxReplicas']} pods"
        metrics = [it["resource"] for it in spec.get("metrics", [])]
        if [it["name"] for it in metrics] != ["cpu"]:
            yield f"its metrics are {[it['name'] for it in metrics]}"
        for it in metrics:
            if not 0 < it["target"].get("averageUtilization", 100) < 90:
                yield f"its target is {it['target']}"
        behavior = spec.get("behavior", {})
        if behavior.get("scaleUp", {}).get("stabilizationWindowSeconds", 0) > 60:
            yield f"scaleUp is {behavior['scaleUp']}"
        down = behavior.get("scaleDown", {})
        if not down.get("policies") or down.get("stabilizationWindowSeconds", 0) < 300:
            yield f"scaleDown is {down}"


def spread(objects: Objects) -> Iterator[str]:
    """Pods of one revision spread over zones and nodes, where there is room."""
    for found in deployments(objects):
        over = {
            rule["topologyKey"]
            for rule in found["spec"]["template"]["spec"].get("topologySpreadConstraints", [])
            if rule["labelSelector"] == SELECTOR
            # A zone that is down must not keep pods from starting in the others.
            and rule["whenUnsatisfiable"] == "ScheduleAnyway"
            and rule.get("matchLabelKeys") == ["pod-template-hash"]
        }
        missing = {"topology.kubernetes.io/zone", "kubernetes.io/hostname"} - over
        yield from (f"pods do not spread over {key}" for key in sorted(missing))


def selectors(objects: Objects) -> Iterator[str]:
    """The Deployment selects its pods by app.kubernetes.io/name alone, which never changes."""
    for found in deployments(objects):
        selector = found["spec"]["selector"]
        if selector != SELECTOR:
            yield f"the selector is {selector}"
        if not matches(selector, labels(found["spec"]["template"])):
            yield "the selector does not match the pods"


def services(objects: Objects) -> Iterator[str]:
    """A Service selects pods of one kind, and offers the ports on which they answer."""
    for service in of(objects, "Service"):
        chosen = service["spec"]["selector"].items()
        found = [pod for pod in pods(objects) if chosen <= labels(pod).items()]
        if len(found) != 1:
            yield f"the Service {name(service)} selects {len(found)} kinds of pods"
            continue
        listened = _listened(found[0])
        if not listened:  # a Service of the project's own
            continue
        named = ports(found[0])
        offered = {named.get(port["targetPort"]) for port in service["spec"]["ports"]}
        if offered != listened:
            yield f"{name(service)} offers {offered}, and the pods answer on {listened}"
        # Policies name the pods' ports, and callers the Service's: they are to be the same.
        for port in service["spec"]["ports"]:
            if port["port"] != named.get(port["targetPort"]):
                yield f"port {port['port']} of {name(service)} is another on the pods"
        if {port.get("appProtocol") for port in service["spec"]["ports"]} != PROTOCOLS:
            yield f"appProtocol of {name(service)} does not tell gRPC from HTTP"


def _listened(pod: Object) -> set[int]:
    """The ports on which a gateway, or else a server, answers; none for a pod without both."""
    inside = {it["name"]: it for it in pod["spec"]["containers"]}
    for one, keys in ((GATEWAY, ("grpc-port", "rest-port")), ("server", ("port", "rest_api_port"))):
        if one in inside:
            return {int(flags(inside[one])[key]) for key in keys}
    return set()


def monitors(objects: Objects) -> Iterator[str]:
    """Prometheus asks a port and path that the pods have, and tells versions apart."""
    (config,) = {
        it["data"]["monitoring.config"]
        for it in of(objects, "ConfigMap")
        if "monitoring.config" in it["data"]
    }
    if "enable: true" not in config:
        yield "monitoring.config does not have `enable: true`"
    for spec in (it["spec"] for it in of(objects, "PodMonitor")):
        found = [pod for pod in pods(objects) if matches(spec["selector"], labels(pod))]
        if not spec["podMetricsEndpoints"]:
            yield "podMetricsEndpoints is empty"
        for endpoint in spec["podMetricsEndpoints"]:
            asked, path = endpoint["port"], endpoint["path"]
            inside = [it for pod in found for it in pod["spec"]["containers"]]
            by = [it["name"] for it in inside if asked in [port["name"] for port in it["ports"]]]
            if len(found) != 1 or not by:
                yield f"no pod has a port {asked}"
            elif path != METRICS if by == [GATEWAY] else f'path: "{path}"' not in config:
                yield f"the {by[0]} does not answer at {path} on {asked}"
        yield from (
            f"podTargetLabels lacks {key}"
            for key in sorted({HASH, VERSION} - set(spec["podTargetLabels"]))
        )
        given = {key for pod in found for key in labels(pod)} | {HASH}
        yield from (
            f"no pod has the label {key}" for key in sorted(set(spec["podTargetLabels"]) - given)
        )


def identity(objects: Objects) -> Iterator[str]:
    """Every object and pod says what it is part of, and all are in the overlay's one namespace."""
    for found in objects:
        missing = PART_OF - found["metadata"].get("labels", {}).keys()
        yield from (f"{found['kind']} {name(found)} has no {key}" for key in sorted(missing))
    for pod in pods(objects):
        missing = (PART_OF | {"app.kubernetes.io/name"}) - labels(pod).keys()
        yield from (f"a pod has no {key}" for key in sorted(missing))
    namespaces = {found["metadata"].get("namespace") for found in objects}
    if len(namespaces) != 1 or None in namespaces:
        yield f"the namespaces are {sorted(map(str, namespaces))}"


def one_wave(objects: Objects) -> Iterator[str]:
    """An overlay has no hooks and no waves: a revert would wait until they end."""
    for found in objects:
        for key, value in found["metadata"].get("annotations", {}).items():
            if "/hook" in key or key.endswith("/sync-wave") or "PruneLast=true" in value:
                yield f"{found['kind']} {name(found)} has {key}: {value}"


def no_role(objects: Objects) -> Iterator[str]:
    """No account of an overlay has rights in the cluster."""
    roles = ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")
    yield from (f"there is a {found['kind']}" for found in of(objects, *roles))


RULES = (
    budgets,
    replicas,
    rollout,
    autoscaling,
    spread,
    selectors,
    services,
    monitors,
    identity,
    one_wave,
    no_role,
)
