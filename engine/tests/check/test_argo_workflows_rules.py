"""Every rule on pipelines/argo holds for ours, and finds each flaw."""

import copy
import shutil

import pytest
from mutated import DELETE, put

from mainline.check import argo_workflows, groups, pods
from mainline.check.workflow_pods import merged
from mainline.cli import main as cli

pytestmark = pytest.mark.check

TRAIN = "WorkflowTemplate:train/spec"
GPUS = f"{TRAIN}/templates/1/container/env/0"
MAIN = f"{TRAIN}/templateDefaults/container"
POLICY = {
    "kind": "NetworkPolicy",
    "metadata": {"name": "mine"},
    "spec": {"ingress": [{}], "egress": [{"ports": [{"port": 22}]}]},
}
ROLE = {"kind": "ClusterRole", "metadata": {"name": "mine"}, "rules": []}
TO_ADMIN = {"kind": "ClusterRole", "name": "cluster-admin"}

# rule: what is put where, so that it has to close
FLAWS = {
    "references": [
        ("CronWorkflow/spec/workflowSpec/workflowTemplateRef/name", "scores"),
        (f"{TRAIN}/onExit", "reports"),
        (f"{TRAIN}/entrypoint", "start"),
        (f"{TRAIN}/templates/0/dag/tasks/1/template", "training"),
        (f"{TRAIN}/templates/5/name", "reports"),
    ],
    "bounded": [
        (f"{TRAIN}/activeDeadlineSeconds", DELETE),
        (f"{TRAIN}/ttlStrategy", DELETE),
        (f"{TRAIN}/podGC", {}),
        (f"{TRAIN}/onExit", DELETE),
        ("ResourceQuota/kind", "LimitRange"),
    ],
    "retries": [
        (f"{TRAIN}/templates/1/retryStrategy", DELETE),
        (f"{TRAIN}/templates/1/retryStrategy/expression", DELETE),
        (f"{TRAIN}/templates/1/retryStrategy/expression", 'lastRetry.status == "Failed"'),
        (f"{TRAIN}/templates/1/retryStrategy/expression", 'lastRetry.message != ""'),
        (f"{TRAIN}/templates/1/retryStrategy/limit", DELETE),
        (f"{TRAIN}/templates/1/retryStrategy/limit", "100"),
        (f"{TRAIN}/templates/1/retryStrategy/backoff", DELETE),
    ],
    "gpus": [
        (f"{TRAIN}/templates/1/container/resources", {"limits": {"nvidia.com/gpu": 1}}),
        (f"{TRAIN}/templates/4/podSpecPatch", '{"tolerations": [{"key": "nvidia.com/gpu"}]}'),
        (f"{MAIN}/resources/limits", {"nvidia.com/gpu": 1}),
        (f"{TRAIN}/podSpecPatch", "{containers: [{resources: {limits: {nvidia.com/gpu: 1}}}]}"),
    ],
    "quota": [
        ("ResourceQuota/spec/hard/requests.nvidia.com~1gpu", "3"),
        ("ResourceQuota/spec/hard/requests.nvidia.com~1gpu", DELETE),
        (f"{GPUS}/value", '{{=workflow.parameters.gpus matches "^[0-5]$" ? "" : ""}}'),
        (f"{GPUS}/value", '{{=workflow.parameters.gpus matches "^[0-9]+$" ? "" : ""}}'),
        (GPUS, DELETE),
    ],
    "rights": [
        ("Role/rules/0/verbs", ["*"]),
        ("Role/rules/0/resources", ["pods"]),
        ("Role/rules", []),
        ("RoleBinding/roleRef", TO_ADMIN),
        ("RoleBinding/roleRef/name", "other"),
        ("ResourceQuota", ROLE),
        ("RoleBinding/kind", "ClusterRoleBinding"),
        (f"{TRAIN}/executor/serviceAccountName", "default"),
        (f"{TRAIN}/executor", DELETE),
    ],
    "closed": [
        ("NetworkPolicy:default-deny/spec/policyTypes", ["Ingress"]),
        ("NetworkPolicy:default-deny/spec/podSelector", {"matchLabels": {"a": "b"}}),
        ("NetworkPolicy:out/spec/egress/0/ports", DELETE),
        ("NetworkPolicy:dns", POLICY),
    ],
    "scheduled": [("CronWorkflow/spec/suspend", False), ("CronWorkflow/spec/suspend", DELETE)],
    "filled": [
        (f"{MAIN}/image", "mainline/commands"),
        (f"{TRAIN}/templates/3/inputs/parameters/2/value", "mainline/commands-gpu"),
        (f"{TRAIN}/templates/0/dag/tasks/1/arguments/parameters/0/value", "set-by-stages"),
    ],
}
# The same of the rules on all pods.
POD_FLAWS = {
    "no_latest": [
        (f"{MAIN}/image", "registry.example.com/commands:latest"),
        (f"{TRAIN}/templates/1/container/image", "commands"),
    ],
    "security": [
        (f"{MAIN}/securityContext", DELETE),
        (f"{MAIN}/securityContext/readOnlyRootFilesystem", False),
        (f"{TRAIN}/templates/1/container/securityContext", {"runAsUser": 0}),
        (f"{TRAIN}/securityContext/runAsUser", 0),
        (f"{TRAIN}/podSpecPatch", "enableServiceLinks: false"),
        (f"{TRAIN}/podSpecPatch", DELETE),
    ],
    "volumes": [
        (f"{TRAIN}/volumes/0/emptyDir", {}),
        (f"{TRAIN}/volumes/1/name", "other"),
        (f"{TRAIN}/volumes/1", {"name": "workspace", "hostPath": {"path": "/"}}),
        (f"{MAIN}/volumeMounts/0/mountPath", "/var/tmp"),
    ],
    "no_token": [
        (f"{TRAIN}/automountServiceAccountToken", DELETE),
        (f"{TRAIN}/serviceAccountName", "default"),
        ("ServiceAccount/automountServiceAccountToken", True),
    ],
    "no_secret": [("ResourceQuota", {"kind": "Secret", "metadata": {"name": "token"}})],
    "resources": [
        (f"{MAIN}/resources/limits/memory", DELETE),
        (f"{MAIN}/resources", DELETE),
        (f"{TRAIN}/podSpecPatch", "enableServiceLinks: false"),
    ],
}
ON_PODS = tuple(rule for rule in pods.RULES if rule.__name__ in POD_FLAWS)


@pytest.fixture
def objects(rendered):
    return rendered.workflows()


@pytest.mark.parametrize("rule", argo_workflows.RULES + pods.RULES, ids=lambda it: it.__name__)
def test_the_rule_holds(objects, rule):
    assert objects
    assert list(rule(objects)) == []


@pytest.mark.parametrize("rule", argo_workflows.RULES + ON_PODS, ids=lambda it: it.__name__)
def test_the_rule_finds_each_flaw(objects, rule):
    for path, value in (FLAWS | POD_FLAWS)[rule.__name__]:
        changed = copy.deepcopy(objects)
        assert put(changed, path, value), path
        try:
            found = list(rule(changed))
        except groups.UNREAD:  # a finding, too: test_check_command.py
            continue
        assert found, f"{path} = {value}"


def test_every_rule_has_a_flaw():
    assert {rule.__name__ for rule in argo_workflows.RULES} == FLAWS.keys()
    assert {rule.__name__ for rule in pods.RULES} - POD_FLAWS.keys() == {"model_by_digest"}


def test_a_schedule_with_its_own_values_may_run(objects):
    put(objects, "CronWorkflow/spec/suspend", False)
    put(objects, "CronWorkflow/spec/workflowSpec/arguments/parameters", [])
    assert list(argo_workflows.scheduled(objects)) == []


def test_a_template_s_container_goes_over_the_defaults_key_by_key():
    own = {"args": ["c"], "resources": {"limits": {"cpu": "2"}}}
    default = {"args": ["a", "b"], "image": "x", "resources": {"limits": {"cpu": "1", "memory": 2}}}
    assert merged(default, own) == {
        "args": ["c"],
        "image": "x",
        "resources": {"limits": {"cpu": "2", "memory": 2}},
    }


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda it: it.write_text(it.read_text().replace("train", "validate")), "other stages"),
        (lambda it: it.unlink(), "pipelines/argo/stages.yaml: it is missing"),
    ],
)
def test_stages_of_another_pipeline_are_found(project, capsys, change, said):
    path = project / "pipelines/argo/stages.yaml"
    text = path.read_text()
    change(path)
    assert cli.main(["check"]) == 1
    out = capsys.readouterr().out
    assert said in out
    assert "`mainline workflows` writes it. [argo_stages.of_pipeline]" in out
    assert cli.main(["workflows"]) == 0
    assert path.read_text() == text
    assert cli.main(["check"]) == 0


def test_a_pipeline_without_train_is_a_finding(project, capsys):
    path = project / "dvc.yaml"
    path.write_text(path.read_text().replace("\n  train:\n", "\n  learn:\n"))
    assert cli.main(["check"]) == 1
    assert "dvc.yaml: has no stage 'train'" in capsys.readouterr().out


def test_a_project_that_uses_no_argo_workflows_deletes_the_folder(project, capsys):
    shutil.rmtree(project / "pipelines")
    for name in ("argocd/kustomization", "argocd/projects", "namespaces/namespaces"):
        path = project / f"k8s/{name}.yaml"
        parts = path.read_text().split("---\n")
        kept = [it for it in parts if "kind: Namespace\n" not in it or "-workflows" not in it]
        lines = "---\n".join(kept).splitlines(keepends=True)
        path.write_text("".join(line for line in lines if "workflows" not in line))
    assert cli.main(["check"]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("edit", ["train.yaml", "pods.yaml", "new.yaml"])
def test_the_base_is_mainline_s(project, capsys, edit):
    with (project / "pipelines/argo/base" / edit).open("a") as file:
        file.write("# mine\n")
    assert cli.main(["check"]) == 1
    assert f"pipelines/argo/base/{edit}: it " in capsys.readouterr().out
