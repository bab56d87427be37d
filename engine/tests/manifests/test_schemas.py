"""Every object is one that Kubernetes 1.36 and the operators' own definitions take."""

import pytest
import schemas

pytestmark = pytest.mark.check

SOURCES = ["staging", "production", "gpu", "challenged", "argocd", "namespaces", "workflows"]


@pytest.mark.parametrize("source", SOURCES)
def test_every_object_is_taken(rendered, source):
    assert rendered[source]
    for found in rendered[source]:
        assert schemas.problems(found) == [], f"{found['kind']} {found['metadata']['name']}"


def put(found: dict, path: str, value: object) -> None:
    *parents, last = path.split("/")
    for part in parents:
        found = found[int(part)] if part.isdigit() else found[part]
    found[last] = value


POD = "spec/template/spec"


@pytest.mark.parametrize(
    ("source", "kind", "path", "value", "said"),
    [
        ("staging", "Deployment", "spec/replica", 1, "'replica' was unexpected"),
        ("staging", "Deployment", f"{POD}/volumes/0/image/digest", "x", "'digest' was unexpected"),
        ("staging", "Deployment", f"{POD}/containers/0/startupProbe/grpc/port", "grpc", "integer"),
        ("staging", "Deployment", "metadata/labels/version", 12345, "not of type"),
        ("staging", "Job", "spec/backoffLimit", "one", "not of type"),
        ("staging", "NetworkPolicy", "spec/podSelectors", {}, "'podSelectors' was unexpected"),
        ("production", "HorizontalPodAutoscaler", "spec/scaleTargetRef", {}, "'kind'"),
        ("production", "PodDisruptionBudget", "apiVersion", "policy/v1beta1", "Couldn't find"),
        ("staging", "PodMonitor", "spec/podTargetLabel", [], "'podTargetLabel' was unexpected"),
        ("staging", "PodMonitor", "spec/selector", None, "selector"),
        ("staging", "PrometheusRule", "spec/groups/0/rules/0/for", "5 min", "does not match"),
        ("argocd", "AppProject", "spec/sourceRepo", "x", "'sourceRepo' was unexpected"),
        ("argocd", "AppProject", "spec/destinations", {}, "not of type 'array'"),
        ("argocd", "AppProject", "metadata/label", {}, "'label' was unexpected"),
        ("argocd", "AppProject", "apiVersion", "argoproj.io/v1", "no definition"),
        ("argocd", "Application", "spec/syncPolicy/automated/heal", True, "'heal' was unexpected"),
        ("argocd", "ApplicationSet", "spec/template/spec/retry", {}, "'retry' was unexpected"),
        ("argocd", "ApplicationSet", "spec/generators/0/git/file", [], "'file' was unexpected"),
        ("namespaces", "Namespace", "specs", {}, "'specs' was unexpected"),
        ("workflows", "WorkflowTemplate", "spec/mutex", {}, "'mutex' was unexpected"),
        ("workflows", "WorkflowTemplate", "spec/templates/1/container/argz", [], "'argz' was"),
        ("workflows", "WorkflowTemplate", "spec/templates/1/name", 1, "not of type"),
        ("workflows", "CronWorkflow", "spec/schedule", "* * * * *", "'schedule' was unexpected"),
        ("workflows", "ResourceQuota", "spec/hards", {}, "'hards' was unexpected"),
        ("workflows", "Role", "rules/0/verb", ["get"], "'verb' was unexpected"),
        ("workflows", "ServiceAccount", "spec", {}, "'spec' was unexpected"),
        ("workflows", "ConfigMap", "data/OWNER", 1, "not of type"),
    ],
)
def test_a_flaw_is_refused(rendered, source, kind, path, value, said):
    found = next(found for found in rendered[source] if found["kind"] == kind)
    assert schemas.problems(found) == []
    put(found, path, value)
    assert said in " ".join(schemas.problems(found))


def test_an_older_schema_does_not_stand_in(rendered, monkeypatch):
    monkeypatch.setattr(schemas.kubernetes_validate, "validate", lambda *_, **__: "1.35")
    assert "not 1.36" in schemas.problems(rendered["staging"][0])[0]


def test_without_go_it_fails(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(AssertionError, match="needs Go"):
        schemas._folder("github.com/argoproj/argo-cd/v3")
