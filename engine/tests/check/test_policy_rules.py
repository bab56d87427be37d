"""Network policies let through what they must, and nothing else: every pair, every port."""

from pathlib import Path

import pytest

from mainline.check.manifests import of
from mainline.check.policies import client_label, doors

pytestmark = pytest.mark.check

ROOT = Path(__file__).parents[3]


@pytest.fixture
def staging(rendered) -> list[dict]:
    return rendered.overlays()["staging"]


@pytest.mark.parametrize("environment", ["staging", "production", "gpu", "alone", "challenged"])
def test_what_must_gets_through_and_nothing_else(rendered, environment):
    assert list(doors(rendered.overlays()[environment])) == []


def test_the_label_that_lets_callers_in_is_the_documented_one(staging):
    assert f"{client_label(staging)}=true" in (ROOT / "docs/deployment.md").read_text()


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
        pytest.param(
            lambda it: spec(it, "clients")["ingress"][0]["ports"].append({"port": 8510}),
            id="past the gateway",
        ),
        pytest.param(
            lambda it: spec(it, "store")["egress"][0]["ports"].append({"port": 8511}),
            id="to other servers",
        ),
        pytest.param(lambda it: it.remove(policy(it, "scrape-gateway")), id="no metrics"),
        pytest.param(lambda it: it.remove(policy(it, "smoke")), id="smoke stays in"),
        pytest.param(lambda it: it.remove(policy(it, "smoke-to-server")), id="smoke kept out"),
    ],
)
def test_a_door_too_many_or_too_few_is_found(staging, change):
    change(staging)
    assert list(doors(staging))


def test_a_finding_names_both_ends(staging):
    spec(staging, "dns")["egress"][0].pop("to")
    assert "server reaches the internet on 53/UDP" in list(doors(staging))
    staging.remove(policy(staging, "scrape"))
    assert "Prometheus does not reach server on 8511/TCP" in list(doors(staging))


def test_without_a_policy_for_clients_they_stay_out(staging):
    staging.remove(policy(staging, "clients"))
    assert client_label(staging) == ""
    assert "a client does not reach server on 8500/TCP" in list(doors(staging))


def test_without_a_monitor_prometheus_needs_no_door(staging):
    kept = [found for found in staging if found["kind"] != "PodMonitor"]
    assert list(doors(kept))  # the doors are still open
    kept.remove(policy(kept, "scrape"))
    kept.remove(policy(kept, "scrape-gateway"))
    assert list(doors(kept)) == []


def test_the_way_to_the_store_is_the_gateway_s(rendered):
    alone = rendered.overlays()["alone"]
    alone.append(policy(rendered.overlays()["production"], "store"))
    assert "server reaches the internet on 443/TCP" in list(doors(alone))


@pytest.mark.parametrize("to", [[{"ipBlock": {"cidr": "10.1.0.0/16"}}], []])
def test_the_way_to_the_store_may_be_narrow(staging, to):
    spec(staging, "store")["egress"][0]["to"] = to
    assert list(doors(staging)) == []


CLIENTS = {"from": [{"namespaceSelector": {"matchLabels": {"a/client": "true"}}}]}


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
def test_what_the_rule_cannot_read_is_an_error(staging, unread):
    spec(staging, "clients")["ingress"] = [CLIENTS, unread]
    with pytest.raises(ValueError, match=r"cannot read|empty peer"):
        list(doors(staging))
