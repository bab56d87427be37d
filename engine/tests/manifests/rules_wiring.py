"""How many, where, and what finds what. Each rule yields what is wrong."""

from collections.abc import Iterator

from objects import Objects, flags, labels, matches, of, pods, seconds

SERVER = {"matchLabels": {"app.kubernetes.io/name": "model-server"}}
APP_PROTOCOLS = {"kubernetes.io/h2c", "http"}
VERSION = "app.kubernetes.io/version"
BUDGET = {
    "selector": SERVER,
    "maxUnavailable": 1,
    "unhealthyPodEvictionPolicy": "AlwaysAllow",
}


def budgets(objects: Objects) -> Iterator[str]:
    """Every Deployment has one budget, and that never blocks a drain for good."""
    for found in of(objects, "Deployment"):
        ours = [
            budget["spec"]
            for budget in of(objects, "PodDisruptionBudget")
            if matches(budget["spec"]["selector"], labels(found["spec"]["template"]))
        ]
        if len(ours) != 1 or ours[0] != BUDGET:
            yield f"{ours}"


def replicas(objects: Objects) -> Iterator[str]:
    """Either git says how many or the autoscaler does; and that has what it scales."""
    scaled = {it["spec"]["scaleTargetRef"]["name"] for it in of(objects, "HorizontalPodAutoscaler")}
    named = {found["metadata"]["name"]: found["spec"] for found in of(objects, "Deployment")}
    yield from (f"nothing is named {name}" for name in scaled - named.keys())
    for name, spec in named.items():
        if ("replicas" in spec) == (name in scaled):
            yield f"{name}: replicas {spec.get('replicas')} and autoscaler {name in scaled}"


def rollout(objects: Objects) -> Iterator[str]:
    """No pod goes before its successor is ready, and a rollout that hangs is called failed."""
    for found in of(objects, "Deployment"):
        spec = found["spec"]
        if spec.get("strategy") != {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}:
            yield f"strategy {spec.get('strategy')}"
        starts = [seconds(it["startupProbe"]) for it in spec["template"]["spec"]["containers"]]
        if not max(starts) < spec.get("progressDeadlineSeconds", 0) <= 600:
            yield "it is called failed before a start can end, or hardly ever"


def autoscaling(objects: Objects) -> Iterator[str]:
    """Never fewer than two, more before the cores are used up, and slowly back."""
    for found in of(objects, "HorizontalPodAutoscaler"):
        spec = found["spec"]
        if not 2 <= spec.get("minReplicas", 1) < spec["maxReplicas"]:
            yield f"{spec.get('minReplicas')} to {spec['maxReplicas']} pods"
        metrics = [it["resource"] for it in spec.get("metrics", [])]
        if [it["name"] for it in metrics] != ["cpu"]:
            yield f"metrics {metrics}"
        yield from (
            f"target {it['target']}"
            for it in metrics
            if not 0 < it["target"].get("averageUtilization", 100) < 90
        )
        if spec.get("behavior", {}).get("scaleUp", {}).get("stabilizationWindowSeconds", 0) > 60:
            yield "pods come too late"
        down = spec.get("behavior", {}).get("scaleDown", {})
        if not down.get("policies") or down.get("stabilizationWindowSeconds", 0) < 300:
            yield "pods go at the first lull"


def spread(objects: Objects) -> Iterator[str]:
    """Over zones and nodes, counting the pods of the same revision."""
    for found in of(objects, "Deployment"):
        pod = found["spec"]["template"]
        over = {
            rule["topologyKey"]
            for rule in pod["spec"].get("topologySpreadConstraints", [])
            if rule["labelSelector"] == SERVER
            # A zone that is down must not keep pods from starting in the others.
            and rule["whenUnsatisfiable"] == "ScheduleAnyway"
            and rule.get("matchLabelKeys") == ["pod-template-hash"]
        }
        missing = {"topology.kubernetes.io/zone", "kubernetes.io/hostname"} - over
        yield from (f"not over {key}" for key in missing)


def selectors(objects: Objects) -> Iterator[str]:
    """A Deployment's selector holds nothing that changes: it cannot be changed itself."""
    for found in of(objects, "Deployment"):
        selector = found["spec"]["selector"]
        if selector != SERVER:
            yield f"{selector}"
        if not matches(selector, labels(found["spec"]["template"])):
            yield "the selector does not match its pods"


def services(objects: Objects) -> Iterator[str]:
    """A Service reaches pods of one kind, by ports that they name and the server listens on."""
    for service in of(objects, "Service"):
        found = [
            pod
            for pod in pods(objects)
            if service["spec"]["selector"].items() <= labels(pod).items()
        ]
        if len(found) != 1:
            yield f"{len(found)} kinds of pods match"
            continue
        (container,) = found[0]["spec"]["containers"]
        named = {port["name"]: port["containerPort"] for port in container["ports"]}
        listened = {int(flags(container)["port"]), int(flags(container)["rest_api_port"])}
        offered = {named.get(port["targetPort"]) for port in service["spec"]["ports"]}
        if offered != listened:
            yield f"offers {offered}, and the server listens on {listened}"
        # Policies name the pods' ports, and callers the Service's: they are to be the same.
        yield from (
            f"port {port['port']} is another on the pods"
            for port in service["spec"]["ports"]
            if port["port"] != named.get(port["targetPort"])
        )
        if {port.get("appProtocol") for port in service["spec"]["ports"]} != APP_PROTOCOLS:
            yield "a mesh cannot tell gRPC from HTTP"


def monitors(objects: Objects) -> Iterator[str]:
    """Prometheus asks the pods' own port at the path it is told, and knows versions."""
    (config,) = [it["data"] for it in of(objects, "ConfigMap") if "monitoring.config" in it["data"]]
    for monitor in of(objects, "PodMonitor"):
        spec = monitor["spec"]
        found = [pod for pod in pods(objects) if matches(spec["selector"], labels(pod))]
        ports = [port["name"] for pod in found for port in pod["spec"]["containers"][0]["ports"]]
        if "enable: true" not in config["monitoring.config"]:
            yield "the server tells nothing"
        if not spec["podMetricsEndpoints"]:
            yield "nothing is asked"
        for endpoint in spec["podMetricsEndpoints"]:
            if len(found) != 1 or endpoint["port"] not in ports:
                yield f"no pod has a port {endpoint['port']}"
            if f'path: "{endpoint["path"]}"' not in config["monitoring.config"]:
                yield f"the server does not answer at {endpoint['path']}"
        if not {"rollouts-pod-template-hash", VERSION} <= set(spec["podTargetLabels"]):
            yield "pods of two versions cannot be told apart"
        given = {key for pod in found for key in labels(pod)} | {"rollouts-pod-template-hash"}
        yield from (f"no pod has {key}" for key in set(spec["podTargetLabels"]) - given)


def identity(objects: Objects) -> Iterator[str]:
    """Every object says what it belongs to, and is in the overlay's namespace."""
    wanted = {"app.kubernetes.io/part-of", "app.kubernetes.io/instance"}
    for found in objects:
        missing = wanted - found["metadata"].get("labels", {}).keys()
        yield from (f"{found['kind']} has no {key}" for key in missing)
    for pod in pods(objects):
        missing = wanted | {"app.kubernetes.io/name"}
        yield from (f"a pod has no {key}" for key in missing - labels(pod).keys())
    if len({found["metadata"].get("namespace") for found in objects}) != 1:
        yield "more than one namespace, or none"


RULES = [
    budgets,
    replicas,
    rollout,
    autoscaling,
    spread,
    selectors,
    services,
    monitors,
    identity,
]
