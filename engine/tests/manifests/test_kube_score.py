"""kube-score finds nothing but what is argued here, with every one of its checks on."""

import json
import subprocess

import pytest
import rendering
import yaml

pytestmark = pytest.mark.check

ACCEPTED = {
    # A digest is its content: asking the registry again only lets its outage stop a restart.
    "container-image-pull-policy",
    # Memory and disk are what is asked for; spare cores serve a burst and cost nobody anything.
    "container-cpu-requests-equal-limits",
    "container-resource-requests-equal-limits",
    # Spread over zones and nodes by topologySpreadConstraints, which it checks on its own.
    "deployment-has-host-podantiaffinity",
}
# One replica answers a smoke test.
ACCEPTED_IN = {
    "staging": ACCEPTED - {"deployment-has-host-podantiaffinity"} | {"deployment-replicas"}
}


def findings(objects: list[dict]) -> set[str]:
    command = [rendering.tool("kube-score"), "score", "--output-format=json"]
    command += ["--kubernetes-version=v1.36", "--all-default-optional"]
    command += ["--disable-ignore-checks-annotations", "--disable-optional-checks-annotations", "-"]
    done = subprocess.run(
        command, input=yaml.safe_dump_all(objects), capture_output=True, text=True, check=False
    )
    scored = json.loads(done.stdout)
    assert scored, done.stderr
    return {
        check["check"]["id"]
        for found in scored
        for check in found["checks"]
        if not check["skipped"] and check["grade"] < 10
    }


@pytest.mark.parametrize("source", ["staging", "production", "gpu", "challenged"])
def test_nothing_is_found_but_what_is_argued(rendered, source):
    assert findings(rendered[source]) == ACCEPTED_IN.get(source, ACCEPTED)


def containers(objects: list[dict]) -> list[dict]:
    """The server and its gateway: a probe of either is enough for kube-score."""
    deployment = next(found for found in objects if found["kind"] == "Deployment")
    return deployment["spec"]["template"]["spec"]["containers"]


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (lambda it: it.update(image="x:latest"), "container-image-tag"),
        (lambda it: it.pop("resources"), "container-resources"),
        (lambda it: it.pop("readinessProbe"), "pod-probes"),
        (
            lambda it: it["securityContext"].update(readOnlyRootFilesystem=False),
            "container-security-context-readonlyrootfilesystem",
        ),
        (
            lambda it: it["securityContext"].update(privileged=True),
            "container-security-context-privileged",
        ),
    ],
    ids=["latest", "no resources", "no readiness", "writable root", "privileged"],
)
def test_a_flaw_in_the_server_is_found(rendered, change, check):
    for one in containers(rendered["production"]):
        change(one)
    assert check in findings(rendered["production"])


@pytest.mark.parametrize(
    ("kind", "check"),
    [
        ("PodDisruptionBudget", "deployment-has-poddisruptionbudget"),
        ("NetworkPolicy", "pod-networkpolicy"),
    ],
)
def test_a_missing_object_is_found(rendered, kind, check):
    kept = [found for found in rendered["production"] if found["kind"] != kind]
    assert check in findings(kept)
