"""The network lets through what it must, and nothing else: every pair, every port."""

from itertools import product

import pytest
import rendering
from objects import labels, of, pods
from reachability import Peer, reaches

pytestmark = pytest.mark.check

PORTS = [(8500, "TCP"), (8501, "TCP"), (53, "UDP"), (53, "TCP"), (443, "TCP"), (8501, "UDP")]


def peer(name: str, namespace: str, pod: dict, **of_namespace: str) -> Peer:
    key = "kubernetes.io/metadata.name"
    return Peer(name, namespace, pod, {key: namespace} | of_namespace)


def peers(objects: list[dict], client_label: str) -> dict[str, Peer]:
    """Our pods and everybody around them."""
    (namespace,) = {found["metadata"]["namespace"] for found in objects}
    named = {labels(pod)["app.kubernetes.io/name"]: labels(pod) for pod in pods(objects)}
    dns, prometheus = {"k8s-app": "kube-dns"}, {"app.kubernetes.io/name": "prometheus"}
    everybody = [
        peer("server", namespace, named["model-server"]),
        peer("server's twin", namespace, named["model-server"]),
        *([peer("smoke", namespace, named["smoke"])] if "smoke" in named else []),
        peer("stray", namespace, {"app.kubernetes.io/name": "stray"}),
        peer("unlabelled", namespace, {}),
        peer("client", "shop", {"app": "shop"}, **{client_label: "true"}),
        peer("former client", "old-shop", {"app": "shop"}, **{client_label: "false"}),
        peer("neighbour", "other", named["model-server"]),
        peer("smoke elsewhere", "other", {"app.kubernetes.io/name": "smoke"}),
        peer("prometheus", "monitoring", prometheus),
        peer("grafana", "monitoring", {"app.kubernetes.io/name": "grafana"}),
        peer("prometheus elsewhere", "other", prometheus),
        peer("dns", "kube-system", dns),
        peer("dns elsewhere", "other", dns),
        peer("proxy", "kube-system", {"k8s-app": "kube-proxy"}),
        Peer("internet"),
    ]
    return {one.name: one for one in everybody}


@pytest.fixture
def client_label(rendered) -> str:
    """What an administrator puts on a namespace; it bears the project's name."""
    selector = spec(rendered["staging"], "clients")["ingress"][0]["from"][0]["namespaceSelector"]
    (label,) = selector["matchLabels"]
    return label


def through(objects: list[dict], client_label: str) -> set[tuple[str, str, int, str]]:
    """All that gets through and touches one of our pods."""
    policies = of(objects, "NetworkPolicy")
    around = peers(objects, client_label)
    ours = around["server"].namespace
    return {
        (source.name, target.name, port, protocol)
        for (source, target), (port, protocol) in product(
            product(around.values(), around.values()), PORTS
        )
        if ours in (source.namespace, target.namespace)
        and reaches(policies, source, target, port, protocol)
    }


def must(environment: str) -> set[tuple[str, str, int, str]]:
    servers = ("server", "server's twin")
    callers = {"client": (8500, 8501), "prometheus": (8501,)}
    ours = [*servers, "stray", "unlabelled"]
    if environment == "staging":
        callers["smoke"] = (8500, 8501)
        ours.append("smoke")
    asked = {(one, dns, 53, by) for one in ours for dns in ("dns",) for by in ("UDP", "TCP")}
    return asked | {
        (caller, server, port, "TCP")
        for caller, open_ports in callers.items()
        for server in servers
        for port in open_ports
    }


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_what_must_gets_through_and_nothing_else(rendered, environment, client_label):
    assert through(rendered[environment], client_label) == must(environment)


def test_the_label_that_lets_callers_in_is_the_documented_one(client_label):
    assert f"{client_label}=true" in (rendering.ROOT / "docs/deployment.md").read_text()


def policy(objects: list[dict], name: str) -> dict:
    return next(it for it in of(objects, "NetworkPolicy") if it["metadata"]["name"] == name)


def spec(objects: list[dict], name: str) -> dict:
    return policy(objects, name)["spec"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda it: it.remove(policy(it, "default-deny")), id="no default"),
        pytest.param(
            lambda it: spec(it, "default-deny").update(podSelector={"matchLabels": {"a": "b"}}),
            id="default for some",
        ),
        pytest.param(lambda it: spec(it, "clients").update(ingress=[{}]), id="open to all"),
        pytest.param(
            lambda it: spec(it, "clients")["ingress"][0].pop("ports"), id="clients on all ports"
        ),
        pytest.param(
            lambda it: spec(it, "clients")["ingress"][0]["from"].append({"namespaceSelector": {}}),
            id="every namespace",
        ),
        pytest.param(
            lambda it: spec(it, "scrape")["ingress"][0]["from"][0].pop("podSelector"),
            id="all of monitoring",
        ),
        pytest.param(
            lambda it: spec(it, "dns")["egress"][0]["to"][0].pop("namespaceSelector"),
            id="dns here instead",
        ),
        pytest.param(lambda it: spec(it, "dns")["egress"][0].pop("to"), id="dns of the internet"),
        pytest.param(lambda it: it.remove(policy(it, "dns")), id="no dns"),
        pytest.param(lambda it: it.remove(policy(it, "scrape")), id="no scrape"),
        pytest.param(lambda it: spec(it, "clients")["ingress"][0]["ports"].pop(), id="no REST"),
        pytest.param(lambda it: it.remove(policy(it, "smoke")), id="smoke stays in"),
        pytest.param(lambda it: it.remove(policy(it, "smoke-to-server")), id="smoke kept out"),
    ],
)
def test_a_door_too_many_or_too_few_is_noticed(rendered, change, client_label):
    objects = rendered["staging"]
    change(objects)
    assert through(objects, client_label) != must("staging")


@pytest.mark.parametrize(
    "unread",
    [
        {"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]},
        {"from": [{"podSelector": {"matchExpressions": []}}]},
        {"from": [{}]},
        {"ports": [{"port": "http"}]},
        {"ports": [{"port": 1, "endPort": 9000}]},
        {"to": [{"podSelector": {}}]},
    ],
)
def test_what_is_not_understood_is_an_error(rendered, unread, client_label):
    spec(rendered["staging"], "clients")["ingress"] = [unread]
    with pytest.raises(AssertionError, match=r"not understood|empty peer"):
        through(rendered["staging"], client_label)
