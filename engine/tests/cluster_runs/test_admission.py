"""The API server takes what we render, and holds the namespace to its rules.

All objects are applied on the server's side with strict validation by the fixture `namespace`.
A cluster whose CRDs of Argo Workflows are the minimal ones knows no fields: the second test fails.
"""

import copy

import kubectl
import pytest

pytestmark = pytest.mark.cluster

LOOSE = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "loose"},
    "spec": {"containers": [{"name": "main", "image": "busybox"}]},
}
ALLOWED = {"create workflowtaskresults", "patch workflowtaskresults"}


def test_every_object_is_in_the_namespace(namespace, ours):
    assert set(ours.of("WorkflowTemplate")) == {"train", "tune", "score", "monitor", "compact"}
    assert set(ours.of("CronWorkflow")) == {"score-daily", "monitor-daily", "compact-daily"}
    for one in ours.objects:
        about = one["metadata"]
        assert kubectl.get(one["kind"], about["name"], namespace)["metadata"]["uid"]


@pytest.mark.parametrize("kind", ["WorkflowTemplate", "CronWorkflow"])
def test_an_unknown_field_is_refused(ours, namespace, kind):
    wrong = copy.deepcopy(next(iter(ours.of(kind).values())))
    spec = wrong["spec"]
    (spec["workflowSpec"] if kind == "CronWorkflow" else spec)["onExitt"] = "report"
    with pytest.raises(kubectl.RefusedError, match="onExitt"):
        kubectl.apply([wrong], "--dry-run=server", f"--namespace={namespace}")


def test_a_pod_that_could_be_root_is_refused(namespace):
    told = ("--dry-run=server", f"--namespace={namespace}")
    with pytest.raises(kubectl.RefusedError, match='violates PodSecurity "restricted'):
        kubectl.apply([LOOSE], *told)


def test_the_executor_may_only_report_results(namespace, ours):
    (account,) = ours.of("ServiceAccount")
    who = f"--as=system:serviceaccount:{namespace}:{account}"
    for verb in ("create", "patch", "get", "list", "delete"):
        for kind in ("workflowtaskresults", "workflows", "pods", "secrets"):
            asked = ("auth", "can-i", verb, kind, who, f"--namespace={namespace}")
            assert kubectl.says(*asked) == ("yes" if f"{verb} {kind}" in ALLOWED else "no")
