"""What docs/gateway.md shows works: patches render, settings and queries name what there is."""

import json
import re
from textwrap import dedent

import pytest
import rendering
import yaml
from rendering import ROOT

from mainline.check import gateway_pod, pods
from mainline.check.manifests import CHALLENGER, gateways
from mainline.gateway.metrics import Metrics
from mainline.request_log.counters import Counts
from mainline.request_log.settings import GatewaySettings

PAGE = (ROOT / "docs/gateway.md").read_text()
MONITORING = ROOT / "k8s/components/gateway-monitoring"
SETTINGS = ROOT / "k8s/settings/gateway/settings.yaml"
NAME = re.compile(r"\bgateway_[a-z_]+")
BLOCKS = [
    yaml.safe_load(dedent(it))
    for it in re.findall(r"^ *```yaml\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE)
]


def exported() -> set[str]:
    """The series that Prometheus gets, those of histograms with their endings."""
    metrics = Metrics(Counts, int)
    families = list(metrics.registry.collect())
    names = {sample.name for family in families for sample in family.samples}
    for family in families:  # one without labels yet has no samples
        ending = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"]}
        names |= {family.name + it for it in ending.get(family.type, [""])}
    return names


@pytest.mark.parametrize("file", ["alerts.yaml", "gateway.json"])
def test_queries_name_figures_that_the_gateway_has(file):
    named = set(NAME.findall((MONITORING / file).read_text()))
    assert len(named) >= 3
    assert named <= exported()
    assert "gateway_answers_total" not in exported()


def test_the_page_names_alerts_and_figures_that_there_are():
    rules = yaml.safe_load((MONITORING / "alerts.yaml").read_text())["spec"]["groups"][0]["rules"]
    assert {it["alert"] for it in rules} == set(re.findall(r"`(Gateway\w+)`", PAGE))
    families = {re.sub(r"_(total|bucket|sum|count)$", "", it) for it in exported()}
    named = {re.sub(r"_total$", "", it) for it in NAME.findall(PAGE)}
    assert named <= families


def test_every_panel_of_the_dashboard_asks_something():
    panels = json.loads((MONITORING / "gateway.json").read_text())["panels"]
    assert all(target["expr"] for panel in panels for target in panel["targets"])


@pytest.mark.parametrize("section", ["log", "routes"])
def test_settings_on_the_page_are_settings(section):
    found = [it for it in BLOCKS if section in it]
    assert found
    for each in found:
        GatewaySettings.model_validate(each)


def test_who_ships_a_spool_by_hand_is_told_of_the_settings():
    [shipping] = re.findall(r"`(mainline log ship --spool[^`]*)`", PAGE)
    assert "--settings" in shipping
    assert "`LOG_HASH_KEY` in the environment" in PAGE


def test_the_settings_of_this_project_are_settings():
    GatewaySettings.model_validate(yaml.safe_load(SETTINGS.read_text()))


@pytest.mark.check
@pytest.mark.parametrize("challenged", [False, True])
def test_the_volume_that_outlives_a_pod(k8s, challenged):
    [patches] = [it["patches"] for it in BLOCKS if "spool" in str(it.get("patches"))]
    folder = rendering.challenged(k8s) if challenged else k8s / "overlays/production"
    path = folder / "kustomization.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | {"patches": patches}))
    objects = rendering.render(path.parent)
    [(pod, container)] = gateways(objects)
    assert pod["volumes"][4]["persistentVolumeClaim"] == {"claimName": "gateway-spool"}
    assert [it["name"] for it in pod["volumes"]].count("spool") == 1
    assert {"mountPath": "/spool", "name": "spool", "subPathExpr": "$(POD)"} in (
        container["volumeMounts"]
    )
    others = [it for it in objects if it["metadata"]["name"] == CHALLENGER]
    others = [it for it in others if it["kind"] == "Deployment"]
    assert len(others) == challenged
    assert "gateway-spool" not in str(others)
    assert [it for rule in gateway_pod.RULES for it in rule(objects)] == []
    found = [it for rule in pods.RULES for it in rule(objects)]
    assert found == ["a volume is of kind persistentVolumeClaim"]


@pytest.mark.check
def test_a_role_of_the_cloud_for_the_account(k8s):
    [patches] = [it["patches"] for it in BLOCKS if "role-arn" in str(it.get("patches"))]
    path = k8s / "settings/kustomization.yaml"
    settings = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump(settings | {"patches": settings["patches"] + patches}))
    objects = rendering.render(k8s / "overlays/production")
    [account] = [it for it in objects if it["kind"] == "ServiceAccount"]
    assert "role/requests" in account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"]
