"""Network policies: every pair of pods around the model server, on every port of theirs."""

from collections.abc import Iterator
from itertools import product

from mainline.check.manifests import (
    CHALLENGER,
    SERVER,
    SMOKE,
    Objects,
    deployments,
    gateways,
    labels,
    model_pods,
    name,
    of,
    ports,
)
from mainline.check.reachability import Peer, reaches

STORE = 443
PORTS = [(8500, "TCP"), (8501, "TCP"), (53, "UDP"), (53, "TCP"), (STORE, "TCP"), (8501, "UDP")]
BEHIND = [(8510, "TCP"), (8511, "TCP"), (9100, "TCP")]  # of a server behind a gateway; metrics
SERVERS = ("server", "another server")
NAME, PLACE = "app.kubernetes.io/name", "kubernetes.io/metadata.name"
Way = tuple[str, str, int, str]  # source, target, port, protocol


def doors(objects: Objects) -> Iterator[str]:
    """Clients, Prometheus and the smoke test reach the server, pods reach DNS, nothing else.

    With a gateway the server reaches its store: whoever answers on 443, or fewer.
    """
    found, needed = ways(objects), _needed(objects)
    stored = {way for way in found if gateways(objects) and way[0] in SERVERS and way[2] == STORE}
    for source, target, port, protocol in sorted(found - needed - stored):
        yield f"{source} reaches {target} on {port}/{protocol}"
    for source, target, port, protocol in sorted(needed - found):
        yield f"{source} does not reach {target} on {port}/{protocol}"


def ways(objects: Objects) -> set[Way]:
    """What the policies of an overlay let through to its pods and from them."""
    opened = of(objects, "NetworkPolicy")
    around = _peers(objects)
    ours = {found["metadata"]["namespace"] for found in objects}
    return {
        (source.name, target.name, port, protocol)
        for source, target in product(around, around)
        if {source.namespace, target.namespace} & ours
        for port, protocol in PORTS + BEHIND
        if reaches(opened, source, target, port, protocol)
    }


def client_label(objects: Objects) -> str:
    """The label that lets a namespace call the server, of k8s/settings; empty if there is none."""
    for policy in of(objects, "NetworkPolicy"):
        for rule in policy["spec"].get("ingress") or []:
            for peer in rule.get("from") or []:
                chosen = peer.get("namespaceSelector", {}).get("matchLabels", {})
                yes = [key for key, value in chosen.items() if value == "true"]
                if name(policy) == "clients" and yes:
                    return str(yes[0])
    return ""


def _peers(objects: Objects) -> list[Peer]:
    """The pods of an overlay and everybody around them."""
    (namespace,) = {found["metadata"]["namespace"] for found in objects}
    ours = {labels(pod)[NAME]: labels(pod) for pod in model_pods(objects)}
    server, label = ours[SERVER], client_label(objects)
    dns, prometheus = {"k8s-app": "kube-dns"}, {NAME: "prometheus"}
    there = (("smoke", SMOKE), ("challenger", CHALLENGER))
    return [
        *(_peer(who, namespace, ours[key]) for who, key in there if key in ours),
        _peer("server", namespace, server),
        _peer("another server", namespace, server),
        _peer("another pod", namespace, {NAME: "stray"}),
        _peer("a pod without labels", namespace, {}),
        _peer("a client", "shop", {"app": "shop"}, **{label: "true"}),
        _peer("a former client", "old-shop", {"app": "shop"}, **{label: "false"}),
        _peer("a server elsewhere", "other", server),
        _peer("a smoke test elsewhere", "other", {NAME: SMOKE}),
        _peer("Prometheus", "monitoring", prometheus),
        _peer("Grafana", "monitoring", {NAME: "grafana"}),
        _peer("Prometheus elsewhere", "other", prometheus),
        _peer("DNS", "kube-system", dns),
        _peer("DNS elsewhere", "other", dns),
        _peer("kube-proxy", "kube-system", {"k8s-app": "kube-proxy"}),
        Peer("the internet"),
    ]


def _peer(who: str, namespace: str, pod: dict[str, str], **of_namespace: str) -> Peer:
    return Peer(who, namespace, pod, {PLACE: namespace} | of_namespace)


def _needed(objects: Objects) -> set[Way]:
    callers: dict[str, tuple[int, ...]] = {"a client": (8500, 8501)}
    ours = [*SERVERS, "another pod", "a pod without labels"]
    callers["Prometheus"] = tuple(_scraped(objects))
    there = {labels(pod).get(NAME) for pod in model_pods(objects)}
    if SMOKE in there:
        callers["smoke"] = (8500, 8501)
        ours.append("smoke")
    challenged = SERVERS if CHALLENGER in there else ()
    ours += ["challenger"] if challenged else []
    asked = {(one, "DNS", 53, protocol) for one in ours for protocol in ("UDP", "TCP")}
    asked |= {(one, "challenger", port, "TCP") for one in challenged for port in (8500, 8501)}
    return asked | {
        (caller, server, port, "TCP")
        for caller, ports in callers.items()
        for server in SERVERS
        for port in ports
    }


def _scraped(objects: Objects) -> set[int]:
    """The ports of the server's pods that Prometheus is told to ask."""
    (named,) = (ports(it["spec"]["template"]) for it in deployments(objects))
    monitored = of(objects, "PodMonitor")
    asked = {it["port"] for each in monitored for it in each["spec"]["podMetricsEndpoints"]}
    return {named[port] for port in asked if port in named}


RULES = (doors,)
