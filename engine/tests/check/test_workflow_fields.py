"""What a workflow may hold is a closed list: all else, which no rule looks into, is a finding."""

import pytest
import yaml
from mutated import put

from mainline.check import argo_workflows, workflow_fields
from mainline.cli import main as cli

pytestmark = pytest.mark.check

ROOT_USER = {"name": "mine", "image": "mine", "securityContext": {"runAsUser": 0}}
SPEC, TASK, CRON = "spec", "spec/templates/0/dag/tasks/1", "spec/workflowSpec"
TRAIN = "spec/templates/3"

# where, a field, its value
UNKNOWN = [
    (TRAIN, "script", ROOT_USER | {"source": "id"}),
    (TRAIN, "containerSet", {"containers": [ROOT_USER]}),
    (TRAIN, "sidecars", [ROOT_USER]),
    (TRAIN, "initContainers", [ROOT_USER]),
    (TRAIN, "http", {"url": "http://169.254.169.254"}),
    (TRAIN, "plugin", {"hello": {}}),
    (TRAIN, "data", {"transformation": []}),
    (TRAIN, "steps", [[{"name": "a", "template": "report"}]]),
    (TRAIN, "resource", {"action": "create", "manifest": "kind: Pod"}),
    (TRAIN, "suspend", {}),
    (TRAIN, "serviceAccountName", "default"),
    (TRAIN, "automountServiceAccountToken", True),
    (TRAIN, "securityContext", {"runAsUser": 0}),
    (TRAIN, "volumes", [{"name": "host", "hostPath": {"path": "/"}}]),
    (TRAIN, "executor", {"serviceAccountName": "default"}),
    (TRAIN, "hostAliases", [{"ip": "10.0.0.1", "hostnames": ["github.com"]}]),
    (TRAIN, "archiveLocation", {"archiveLogs": True}),
    (f"{TRAIN}/inputs", "artifacts", [{"name": "a", "path": "/a", "raw": {"data": "a"}}]),
    ("spec/templates/1/outputs", "artifacts", [{"name": "a", "path": "/a"}]),
    (TASK, "inline", {"container": ROOT_USER}),
    (TASK, "templateRef", {"name": "a", "template": "b", "clusterScope": True}),
    (TASK, "hooks", {"exit": {"template": "report"}}),
    (f"{TASK}/arguments", "artifacts", [{"name": "a", "raw": {"data": "a"}}]),
    (SPEC, "hostNetwork", True),
    (SPEC, "hostAliases", [{"ip": "10.0.0.1", "hostnames": ["github.com"]}]),
    (SPEC, "dnsConfig", {"nameservers": ["10.0.0.1"]}),
    (SPEC, "hooks", {"exit": {"template": "report"}}),
    (SPEC, "retryStrategy", {"limit": "100"}),
    (SPEC, "volumeClaimTemplates", [{"metadata": {"name": "a"}}]),
    (SPEC, "artifactGC", {"serviceAccountName": "default", "podSpecPatch": "hostNetwork: true"}),
    (SPEC, "workflowTemplateRef", {"name": "other"}),
    ("spec/executor", "other", True),
    ("spec/templateDefaults", "script", ROOT_USER),
    ("spec/templateDefaults", "sidecars", [ROOT_USER]),
    ("spec/templateDefaults", "podSpecPatch", "hostNetwork: true"),
    (CRON, "podSpecPatch", "hostNetwork: true"),
    (CRON, "serviceAccountName", "default"),
    (CRON, "automountServiceAccountToken", True),
    (CRON, "securityContext", {"runAsUser": 0}),
    (CRON, "executor", {"serviceAccountName": "default"}),
    (CRON, "hostNetwork", True),
    (CRON, "volumes", [{"name": "host", "hostPath": {"path": "/"}}]),
    (CRON, "templates", [{"name": "a", "container": ROOT_USER}]),
    (CRON, "templateDefaults", {"container": ROOT_USER}),
    (CRON, "activeDeadlineSeconds", 10**9),
    (CRON, "ttlStrategy", {}),
    (f"{CRON}/workflowTemplateRef", "clusterScope", True),
]


@pytest.fixture
def objects(rendered):
    return rendered.workflows()


@pytest.fixture
def shipped(objects):
    return {text for _, text in workflow_fields.pod_spec_patches(objects)}


def test_ours_hold(objects, shipped):
    assert [it for rule in workflow_fields.RULES for it in rule((objects, shipped))] == []
    assert len(shipped) == 2


@pytest.mark.parametrize(("place", "field", "value"), UNKNOWN)
def test_a_field_that_no_rule_looks_into_is_found(objects, place, field, value):
    which = "CronWorkflow score-daily" if place.startswith(CRON) else "WorkflowTemplate train"
    put(objects, f"{which.replace(' ', ':')}/{place}/{field}", value)
    (found,) = workflow_fields.known((objects, set()))
    assert found.startswith(f"{which}: spec")
    assert found.endswith(f".{field} is there, with {str(value)[:60]}")
    assert ("spec.templates[train]." in found) == place.startswith(TRAIN)


@pytest.mark.parametrize("kind", ["Workflow", "ClusterWorkflowTemplate", "WorkflowEventBinding"])
def test_another_kind_is_found(objects, kind):
    put(objects, "CronWorkflow:score-daily/kind", kind)
    (found,) = workflow_fields.known((objects, set()))
    assert found == f"{kind} score-daily is of another kind than WorkflowTemplate and CronWorkflow"


@pytest.mark.parametrize(
    ("place", "where"),
    [("spec", "train"), ("spec/templates/1", "train/check"), (TRAIN, "train/train")],
)
@pytest.mark.parametrize("text", ["hostNetwork: true", "{{workflow.parameters.revision}}"])
def test_another_pod_spec_patch_is_found(objects, shipped, place, where, text):
    put(objects, f"WorkflowTemplate:train/{place}/podSpecPatch", text)
    assert [*workflow_fields.patches((objects, shipped))] == [
        f"{where} has the podSpecPatch {text}"
    ]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("spec/nodeSelector", {"pool": "spot"}),
        (f"{TRAIN}/nodeSelector", {"pool": "gpu"}),
        ("spec/tolerations", [{"operator": "Exists"}]),
        ("spec/imagePullSecrets", [{"name": "images"}]),
        (f"{TRAIN}/parallelism", 2),
    ],
)
def test_where_pods_run_is_a_project_s_own(objects, path, value):
    put(objects, f"WorkflowTemplate:train/{path}", value)
    assert [*workflow_fields.known((objects, set()))] == []
    assert [it for rule in argo_workflows.RULES for it in rule(objects)] == []


def test_a_finding_says_where_and_how_to_accept_it(project, capsys):
    path = project / "pipelines/argo/kustomization.yaml"
    content = yaml.safe_load(path.read_text())
    operations = [
        {"op": "add", "path": "/spec/hostNetwork", "value": True},
        {"op": "replace", "path": "/spec/podSpecPatch", "value": "enableServiceLinks: false"},
    ]
    target = {"kind": "WorkflowTemplate", "name": "score"}
    content["patches"].append({"target": target, "patch": yaml.safe_dump(operations)})
    path.write_text(yaml.safe_dump(content))
    assert cli.main(["check"]) == 1
    out = capsys.readouterr().out
    assert (
        "pipelines/argo: WorkflowTemplate score: spec.hostNetwork is there, with True. Expected: "
        "Workflows have only the kinds and fields that these rules know. Take it out, or accept it "
        "with a reason in pyproject.toml, [tool.mainline.check.accepted]. [argo_fields.known]\n"
    ) in out
    assert "score has the podSpecPatch enableServiceLinks: false. Expected: " in out
    with (project / "pyproject.toml").open("a") as file:
        file.write('\n[tool.mainline.check.accepted]\n"argo_fields.known" = "a host\'s port"\n')
    assert cli.main(["check"]) == 1
    assert "[argo_fields.known]" not in capsys.readouterr().out
