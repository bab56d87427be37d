"""A challenger adds objects of its own, and changes what the gateway is told and nothing else."""

import pytest
import rendering
import yaml
from rendering import OTHER

from mainline.check.manifests import CHALLENGER, GATEWAY, SERVER, deployments

pytestmark = pytest.mark.check


def by_name(objects: list[dict]) -> dict[tuple[str, str], dict]:
    return {(it["kind"], it["metadata"]["name"]): it for it in objects}


def test_what_was_there_stays_but_for_the_gateway_s_arguments(rendered):
    before, after = by_name(rendered["production"]), by_name(rendered["challenged"])
    assert before.keys() <= after.keys()
    changed = {key for key in before if before[key] != after[key]}
    assert changed == {("Deployment", SERVER)}
    old, new = ((it["Deployment", SERVER]) for it in (before, after))
    for one in (old, new):
        inside = one["spec"]["template"]["spec"]["containers"]
        [gateway] = [it for it in inside if it["name"] == GATEWAY]
        gateway["args"] = [it for it in gateway["args"] if "--challenger-" not in it]
        gateway["env"] = [it for it in gateway["env"] if it["name"] != "CHALLENGER_DIGEST"]
    assert old == new


def test_what_is_new_is_named_after_it(rendered):
    new = by_name(rendered["challenged"]).keys() - by_name(rendered["production"]).keys()
    assert {name for _, name in new if "challenger" not in name} == set()
    assert {kind for kind, _ in new} == {
        *("ConfigMap", "Deployment", "NetworkPolicy", "PodDisruptionBudget"),
        *("Service", "ServiceAccount"),
    }


def test_it_runs_as_the_server_does_on_a_release_of_its_own(rendered):
    [server] = deployments(rendered["production"])
    other = by_name(rendered["challenged"])["Deployment", CHALLENGER]
    pod, theirs = (it["spec"]["template"]["spec"] for it in (server, other))
    assert theirs["volumes"][0]["image"]["reference"] == OTHER.image
    assert [it["name"] for it in theirs["containers"]] == ["server"]
    for key in ("image", "resources", "securityContext", "command"):
        assert theirs["containers"][0][key] == pod["containers"][0][key]


@pytest.mark.parametrize("environment", rendering.ENVIRONMENTS)
def test_both_render_the_same_in_each_environment(k8s, environment):
    (k8s / "overlays/production").rename(k8s / "overlays/kept")
    source = "kept" if environment == "production" else environment
    (k8s / f"overlays/{source}").rename(k8s / "overlays/production")
    folder = rendering.challenged(k8s)
    found = rendering.render(folder)
    assert found == rendering.render_by_kubectl(folder)
    assert "set-by-" not in yaml.safe_dump_all(found)
