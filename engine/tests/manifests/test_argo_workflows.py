"""pipelines/argo: Argo's own linter, and what it does not look into."""

import json
import re
import subprocess

import pytest
import rendering
import schemas
import yaml
from rendering import ROOT

from mainline.check import pods, workflow_fields
from mainline.check.manifests import name, of
from mainline.cli.main import parser
from mainline.dvc.graph import needs
from mainline.dvc.workflow_stages import tasks

pytestmark = pytest.mark.check

# The task of each that resolves the commit.
FIRST = {"train": "check", "tune": "check", "score": "plan"}
FIRST |= {"monitor": "watch", "compact": "compact"}
WORKFLOWS = tuple(FIRST)
LINTED = "8 objects\nno linting errors found!\n"  # five WorkflowTemplates, three CronWorkflows


@pytest.fixture
def objects(rendered):
    return rendered["workflows"]


def lint(objects: list[dict], folder) -> subprocess.CompletedProcess[str]:
    path = folder / "rendered.yaml"
    path.write_text(yaml.safe_dump_all(objects))
    command = [rendering.tool("argo-lint"), str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def template(objects: list[dict], workflow: str, which: str) -> dict:
    spec = next(it["spec"] for it in of(objects, "WorkflowTemplate") if name(it) == workflow)
    return next(it for it in spec["templates"] if it["name"] == which)


def test_argo_s_linter_takes_every_workflow(objects, tmp_path):
    done = lint(objects, tmp_path)
    assert (done.returncode, done.stdout) == (0, LINTED)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("retryPolicy:", "retryPolicies:", "unknown field"),
        ("depends: data.Succeeded", "depends: dat.Succeeded", "invalid dependency dat"),
        ("template: train", "template: training", "template name 'training' undefined"),
        ("onExit: report", "onExit: reports", "template name 'reports' undefined"),
        ("tasks.check.outputs.parameters.commit", "tasks.check.outputs.parameters.c", "resolve"),
        ("inputs.parameters.partition}", "inputs.parameters.part}", "failed to resolve"),
        ("30 3 * * *", "99 3 * * *", "is malformed"),
        ("name: score\n", "name: scores\n", "template reference scores.score not found"),
        ("kind: CronWorkflow", "kind: CronJob", None),
    ],
)
def test_a_flaw_is_refused(objects, tmp_path, old, new, said):
    text = yaml.safe_dump_all(objects)
    assert old in text
    done = lint([*yaml.safe_load_all(text.replace(old, new))], tmp_path)
    if said is None:  # another kind is passed over: the count shows it
        assert done.stdout == LINTED.replace("8", "5")
    else:
        assert done.returncode == 1
        assert said in done.stdout


def test_pods_run_the_stages_of_dvc_yaml_in_its_order(objects):
    wanted = tasks(needs(ROOT))
    check, *dag = template(objects, "train", "pipeline")["dag"]["tasks"]
    assert check == {"name": "check", "template": "check"}
    found = {it["name"]: it["arguments"]["parameters"][0]["value"].split(",") for it in dag}
    assert found == wanted
    assert [it.get("depends") for it in dag] == [
        "check.Succeeded",
        "data.Succeeded",
        "train.Succeeded",
    ]
    for task in wanted:
        assert (
            "--stages={{inputs.parameters.stages}}"
            in template(objects, "train", task)["container"]["args"]
        )


NODE_LOST = [
    "pod deleted",
    "pod failed: neither main nor wait container completed successfully",
    "Pod was terminated in response to imminent node shutdown.",
    "Pod was rejected as the node is shutting down.",
    "Pod was rejected: The node had condition: [DiskPressure].",
    "Preempted in order to admit critical pod",
    "The node was low on resource: memory. Threshold quantity: 100Mi, available: 9Mi.",
    "main: Error (exit code 143)",
    "main: Error (exit code 137): the last lines of the log",
    "wait: Error (exit code 143)",
]
FAILED = [
    "",
    "Error (exit code 1)",
    "main: Error (exit code 1): the gate is closed",
    "main: Error (exit code 1): main: Error (exit code 143)",
    "main: OOMKilled (exit code 137)",
    "main: Error (exit code 1): pod deleted",
    "Pod failed before main container starts due to ErrImagePull: not found",
    "Pod was active on the node longer than the specified deadline",
    'Usage of EmptyDir volume "workspace" exceeds the limit "10Gi".',
    "Pod ephemeral local storage usage exceeds the total limit of containers 15Gi.",
    "pod failed: wait container did not complete successfully",
]


@pytest.mark.parametrize(
    ("message", "again"),
    [*((it, True) for it in NODE_LOST), *((it, False) for it in FAILED)],
)
@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_only_a_lost_node_starts_a_pod_again(objects, workflow, message, again):
    strategy = template(objects, workflow, "report")["retryStrategy"]
    values = {"lastRetry": {"message": message, "exitCode": "1", "status": "Failed"}}
    assert rendering.argo(expression=strategy["expression"], values=values) is again


def evaluated(objects: list[dict], gpus: str, which: str, text: str) -> object:
    """An expression in a template of `train`, by the language that Argo uses."""
    inputs = template(objects, "train", which).get("inputs", {}).get("parameters", [])
    # The first `}}` ends it, also one within a map.
    expression = re.fullmatch(r"\{\{=((?:(?!\}\}).)*)\}\}", text, re.DOTALL)[1]
    values = {
        "workflow": {"parameters": {"gpus": gpus}},
        "inputs": {"parameters": {it["name"]: it.get("value") for it in inputs}},
    }
    # Argo's own: `toJson` is what the language calls `toJSON`, `fail` ends with a message.
    expression = expression.replace("toJson(", "toJSON(").replace("sprig.fail(", '"fail: " + (')
    return yaml.safe_load(rendering.argo(expression=expression, values=values))


def asked(objects: list[dict], workflow: str, option: str, **known: object) -> object:
    """What the report is told by an option that is an expression."""
    (text,) = [
        it.removeprefix(f"--{option}={{{{=").removesuffix("}}")
        for it in template(objects, workflow, "report")["container"]["args"]
        if it.startswith(f"--{option}={{{{=")
    ]
    values = {"workflow": {"parameters": {"revision": "change"}} | known}
    return rendering.argo(expression=text, values=values)


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_the_report_gets_no_longer_argument_than_a_pod_can_start_with(objects, workflow):
    """The template is one environment variable of Argo's own container: at most 128 KiB."""
    for told, shown in (('"null"', '"null"'), ('\\"' * 99_999, '\\"' * 25_000)):
        assert asked(objects, workflow, "failures", failures=told) == shown
    rest = yaml.safe_dump(template(objects, workflow, "report"))
    assert len(json.dumps(shown)) + len(rest) < 128 * 1024


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_the_report_is_told_the_commit_that_ran_if_there_is_one(objects, workflow):
    handed = {"parameters": {"commit": "c0ffee"}}
    assert asked(objects, workflow, "revision", outputs=handed) == "c0ffee"
    assert asked(objects, workflow, "revision", outputs={"parameters": {}}) == "change"
    assert asked(objects, workflow, "revision") == "change"
    first = template(objects, workflow, FIRST[workflow])
    (commit,) = [it for it in first["outputs"]["parameters"] if it["name"] == "commit"]
    assert commit["globalName"] == "commit"


def patch(objects: list[dict], gpus: str) -> object:
    """What the template `train` asks of its pod."""
    return evaluated(objects, gpus, "train", template(objects, "train", "train")["podSpecPatch"])


def test_a_gpu_is_asked_for_by_the_parameter_alone_with_the_image_for_it(objects):
    assert patch(objects, "0") == {}
    found = patch(objects, "2")
    (container,) = found["containers"]
    assert container["name"] == "main"
    assert container["resources"]["limits"] == {"nvidia.com/gpu": "2"}
    assert re.fullmatch(r"[a-z0-9.]+/[a-z0-9./-]+:[\w.-]+-gpu(@sha256:\w{64})?", container["image"])
    assert found["tolerations"][0]["key"] == "nvidia.com/gpu"


@pytest.mark.parametrize("gpus", ["two", "''", "-1", "0.5", "5", "10"])
def test_a_number_of_gpus_that_is_none_fails_before_the_first_pod(objects, gpus):
    ((_, value),) = [it.values() for it in template(objects, "train", "check")["container"]["env"]]
    assert evaluated(objects, gpus, "check", value) == {"fail": "gpus is not a number from 0 to 4"}
    assert [evaluated(objects, it, "check", value) for it in "04"] == [0, 4]


def test_gpus_are_as_many_as_the_quota_has(objects):
    (found,) = of(objects, "ResourceQuota")
    assert found["spec"]["hard"]["requests.nvidia.com/gpu"] == "4"


def test_a_misspelt_parameter_is_refused_as_the_revision_is_missing(objects):
    """Argo passes over parameters that it does not know."""
    (found,) = [it for it in of(objects, "WorkflowTemplate") if name(it) == "train"]
    assert found["spec"]["arguments"]["parameters"][0].keys() == {"name", "description"}


def test_the_token_is_argo_s_own_and_no_secret(objects):
    for found in of(objects, "WorkflowTemplate"):
        (volume,) = yaml.safe_load(found["spec"]["podSpecPatch"])["volumes"]
        assert volume["name"] == "exec-sa-token"  # Argo mounts it into `init` and `wait`
        assert volume["secret"] is None
        assert "serviceAccountToken" in volume["projected"]["sources"][0]


def test_only_what_checks_proposes_and_reports_holds_the_token_that_writes(objects):
    holders = {
        f"{name(found)}/{it['name']}"
        for found in of(objects, "WorkflowTemplate")
        for it in found["spec"]["templates"]
        for source in it.get("container", {}).get("envFrom", [])
        if source.get("secretRef", {}).get("name") == "github"
    }
    assert holders == {
        *("train/check", "train/package", "train/report"),
        *("tune/check", "tune/best", "tune/report"),
        *("score/report", "monitor/report", "compact/report"),
    }


def test_the_database_of_a_search_is_a_secret_of_the_pods_that_need_it(objects):
    text = yaml.safe_dump_all(objects)
    assert "TUNE_STORAGE" not in text
    holders = {
        f"{name(found)}/{it['name']}"
        for found in of(objects, "WorkflowTemplate")
        for it in found["spec"]["templates"]
        if {"secretRef": {"name": "tune", "optional": True}}
        in it.get("container", {}).get("envFrom", [])
    }
    assert holders == {"tune/check", "tune/trials", "tune/best"}
    (policy,) = [it for it in of(objects, "NetworkPolicy") if name(it) == "study"]
    (pods_,) = [it for it in of(objects, "WorkflowTemplate") if name(it) == "tune"]
    chosen = policy["spec"]["podSelector"]["matchLabels"]
    assert chosen.items() <= pods_["spec"]["podMetadata"]["labels"].items()
    assert policy["spec"]["egress"] == [{"ports": [{"protocol": "TCP", "port": 5432}]}]


def test_a_search_begins_with_the_rows_and_ends_in_its_best(objects):
    dag = {it["name"]: it for it in template(objects, "tune", "search")["dag"]["tasks"]}
    assert [it.get("depends") for it in dag.values()] == [
        None,
        "check.Succeeded",
        "data.Succeeded",
        "trials.AnySucceeded",
    ]
    wanted = ",".join(tasks(needs(ROOT))["data"])
    for each in ("data", "trials", "best"):
        told = {it["name"]: it["value"] for it in dag[each]["arguments"]["parameters"]}
        assert told["stages"] == wanted


def test_patches_in_the_documentation_render_and_lint(k8s, tmp_path):
    page = (ROOT / "docs/workflows.md").read_text()
    patches = [
        yaml.safe_load(it)["patches"] for it in re.findall(r"```yaml\n(patches:.*?)```", page, re.S)
    ]
    assert len(patches) == 2
    path = k8s.parent / rendering.WORKFLOWS / "kustomization.yaml"
    settings = yaml.safe_load(path.read_text())
    settings["patches"] += [patch for each in patches for patch in each]
    path.write_text(yaml.safe_dump(settings))
    objects = rendering.render(path.parent)
    assert lint(objects, tmp_path).stdout == LINTED
    assert [said for it in objects for said in schemas.problems(it)] == []
    train = template(objects, "train", "train")["container"]
    assert train["resources"]["requests"]["memory"] == "32Gi"
    kinds = [said for rule in pods.RULES for said in rule(objects)]
    assert set(kinds) == {"a volume is of kind persistentVolumeClaim"}
    assert [*workflow_fields.known((objects, set()))] == []


def test_the_command_line_takes_what_pods_call(objects):
    for found in of(objects, "WorkflowTemplate"):
        for each in found["spec"]["templates"]:
            if "container" in each:
                filled = [re.sub(r"\{\{.*?\}\}", "1", it) for it in each["container"]["args"]]
                parser().parse_args(filled)


def test_images_come_from_settings(k8s):
    path = k8s / "settings/kustomization.yaml"
    digest = f"sha256:{'e' * 64}"
    path.write_text(re.sub(r"(newTag: 0\.1\.0(?:-gpu)?)\n", rf"\1@{digest}\n", path.read_text()))
    objects = rendering.render(k8s.parent / rendering.WORKFLOWS)
    for found in of(objects, "WorkflowTemplate"):
        assert found["spec"]["templateDefaults"]["container"]["image"].endswith(f":0.1.0@{digest}")
    assert patch(objects, "1")["containers"][0]["image"].endswith(f":0.1.0-gpu@{digest}")
