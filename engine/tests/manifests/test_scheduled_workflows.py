"""What runs by a schedule: which pod holds which secret, and what a schedule has to give."""

import json

import pytest

from mainline.check.manifests import name, of

pytestmark = pytest.mark.check

SCHEDULES = {"score-daily": "score", "monitor-daily": "monitor", "compact-daily": "compact"}


@pytest.fixture
def objects(rendered):
    return rendered["workflows"]


def spec(objects: list[dict], workflow: str) -> dict:
    return next(it["spec"] for it in of(objects, "WorkflowTemplate") if name(it) == workflow)


def template(objects: list[dict], workflow: str, which: str) -> dict:
    return next(it for it in spec(objects, workflow)["templates"] if it["name"] == which)


def test_schedules_are_suspended_until_a_store_is_named(objects):
    found = {name(it): it["spec"] for it in of(objects, "CronWorkflow")}
    named = {each: it["workflowSpec"]["workflowTemplateRef"]["name"] for each, it in found.items()}
    assert named == SCHEDULES
    for each in found.values():
        assert each["suspend"]
        assert "set-me" in json.dumps(each)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_schedule_gives_only_parameters_that_its_workflow_has(objects, schedule):
    """Argo passes over parameters that it does not know."""
    [cron] = [it["spec"] for it in of(objects, "CronWorkflow") if name(it) == schedule]
    given = {it["name"] for it in cron["workflowSpec"]["arguments"]["parameters"]}
    known = {
        it["name"]: it.get("value")
        for it in spec(objects, SCHEDULES[schedule])["arguments"]["parameters"]
    }
    assert given <= known.keys()
    assert {key for key, value in known.items() if value is None} <= given


def secrets(objects: list[dict], workflow: str, which: str) -> list[str]:
    """Those that a pod gets as environment variables, in their order."""
    sources = template(objects, workflow, which)["container"]["envFrom"]
    return [it["secretRef"]["name"] for it in sources if "secretRef" in it]


def test_what_runs_code_of_the_project_starts_no_workflow_and_deletes_no_log(objects):
    assert secrets(objects, "monitor", "watch") == ["remote", "github-read", "log-key"]
    assert secrets(objects, "monitor", "retrain") == ["github-start"]
    assert secrets(objects, "compact", "compact") == ["github-read", "log"]


def test_a_retraining_is_asked_for_with_the_verdict_and_the_commit_of_the_watch(objects):
    watch, retrain = template(objects, "monitor", "monitor")["dag"]["tasks"]
    assert watch == {"name": "watch", "template": "watch"}
    assert retrain["depends"] == "watch.Succeeded"
    told = {it["name"]: it["value"] for it in retrain["arguments"]["parameters"]}
    assert told == {
        each: f"{{{{tasks.watch.outputs.parameters.{each}}}}}" for each in ("verdict", "commit")
    }


def labels(objects: list[dict], workflow: str, which: str) -> dict[str, str]:
    """Those of a pod: Argo gives it the workflow's, and its template's before them."""
    every = spec(objects, workflow)["podMetadata"]["labels"]
    return every | template(objects, workflow, which).get("metadata", {}).get("labels", {})


def test_the_pushgateway_is_the_monitoring_namespace_s_for_the_watch_alone(objects):
    [policy] = [it["spec"] for it in of(objects, "NetworkPolicy") if name(it) == "pushgateway"]
    chosen = policy["podSelector"]["matchLabels"]
    pods = {
        (name(workflow), each["name"])
        for workflow in of(objects, "WorkflowTemplate")
        for each in workflow["spec"]["templates"]
        if chosen.items() <= labels(objects, name(workflow), each["name"]).items()
    }
    assert pods == {("monitor", "watch")}
    [rule] = policy["egress"]
    [where] = rule["to"]
    assert where["namespaceSelector"]["matchLabels"] == {
        "kubernetes.io/metadata.name": "monitoring"
    }
    assert rule["ports"] == [{"protocol": "TCP", "port": 9091}]
