"""The Workflows `monitor` and `compact`, and their CronWorkflows.

Fake nodes run nothing. So a test makes the verdict, and does itself what the pod `retrain` is told:
the request for a retraining goes to a recorder on this machine.
"""

import copy
import json

import kubectl
import pytest
from runs import Run
from task_results import end, main

from github_stub import GitHub
from mainline.cli.main import parser
from mainline.cluster import handed_verdict, task_retrain
from mainline.core.layout import Layout
from mainline.monitoring.finding import Finding, Verdict
from mainline.monitoring.window import Window
from project import SMALL
from repository import commit, repository
from this_engine import this_engine

pytestmark = pytest.mark.cluster

STORE = "s3://bucket/requests/production"
URL = "http://pushgateway.monitoring:9091"
DUE = 75  # seconds: one is due each minute
VERDICT = Verdict(
    Window.parse("2026-11-22", "2026-11-28"),
    {"name": "small", "environment": "production", "version": "7", "commit": "c" * 40},
    {"rows": 1000},
    [Finding("drift", "drift.age", "alarm", "age moved.", 0.3, bar=0.1, rows=1000)],
)
TRIGGER = "\nmonitoring:\n  triggers: {drift: {psi: 0.25, min_rows: 100}}\n"


@pytest.fixture
def origin(tmp_path, monkeypatch) -> str:
    """The commit of a project whose trigger the verdict fires."""
    (tmp_path / "origin").mkdir()
    git = repository(tmp_path / "origin")
    (git.root / Layout.params).write_text((SMALL / Layout.params).read_text() + TRIGGER)
    (git.root / Layout.pipeline).write_text("stages: {}\n")
    this_engine().write(git.root)
    made = commit(git)
    monkeypatch.setenv("REPOSITORY", str(git.root))
    return made


def test_a_verdict_goes_from_the_watch_to_the_recorder(submit, origin, tmp_path, monkeypatch):
    run = submit("monitor", store=STORE, pushgateway=URL)
    watch = run.pod("watch(0)")
    told = main(watch)["args"]
    assert {f"--store={STORE}", f"--push={URL}", "--environment=production"} <= set(told)
    end(watch, commit=origin, verdict=handed_verdict.packed(VERDICT))
    asked = main(run.pod("retrain(0)"))["args"]
    github = GitHub()
    monkeypatch.setenv("GITHUB_API_URL", github.url)
    monkeypatch.setenv("GITHUB_REPOSITORY", "o/r")
    monkeypatch.setenv("GITHUB_TOKEN", "token")
    try:
        options = parser().parse_args(asked)
        (tmp_path / "pod").mkdir()
        task_retrain.run(
            tmp_path / "pod",
            revision=options.revision,
            directory=options.directory,
            verdict=options.verdict,
        )
    finally:
        github.close()
    [(file, body)] = github.dispatched
    assert (file, body["ref"]) == ("retrain.yml", "main")
    assert body["inputs"]["trigger"] == "drift"
    assert body["inputs"]["reason"] == "drift.age is 0.3, held to 0.1"
    evidence = json.loads(body["inputs"]["evidence"])
    assert evidence["window"] == VERDICT.window.as_json()
    assert evidence["model"] == VERDICT.model
    [figure] = evidence["findings"]
    assert (figure["name"], figure["value"], figure["bar"]) == ("drift.age", 0.3, 0.1)
    assert figure["rows"] == 1000
    end(run.pod("retrain(0)"))
    end(run.report())
    assert run.ended()["phase"] == "Succeeded"


def test_no_retraining_is_asked_for_when_the_watch_fails(submit):
    run = submit("monitor", store=STORE)
    end(run.pod("watch(0)"), 1, "there is no log yet")
    end(run.report())
    assert run.ended()["phase"] == "Failed"
    assert run.nodes()["retrain"]["phase"] == "Omitted"


def test_a_second_watch_waits_for_the_first(submit, namespace):
    submit("monitor", store=STORE).pod("watch(0)")
    second = submit("monitor", store=STORE)
    waits = second.until("it waits", lambda: second.status().get("message"))
    assert waits == f"Waiting for {namespace}/Mutex/monitor lock. Lock status: 0/1"


def test_the_log_is_tidied_by_one_pod(submit):
    run = submit("compact", store=STORE)
    pod = run.pod("compact(0)")
    assert f"--store={STORE}" in main(pod)["args"]
    end(pod, commit="f" * 40)
    report = run.report()
    assert f"--revision={'f' * 40}" in main(report)["args"]
    end(report)
    assert run.ended()["phase"] == "Succeeded"


@pytest.mark.parametrize(
    ("schedule", "task"), [("monitor-daily", "watch"), ("compact-daily", "compact")]
)
def test_a_cron_workflow_starts_one_when_it_is_due(namespace, ours, schedule, task):
    made = copy.deepcopy(ours.of("CronWorkflow")[schedule])
    made["metadata"]["name"] = f"{task}-each-minute"
    made["spec"] |= {"suspend": False, "schedules": ["* * * * *"]}
    kubectl.create(made)
    chosen = f"workflows.argoproj.io/cron-workflow={task}-each-minute"
    try:
        (started, *_) = kubectl.until(
            "a Workflow of it", lambda: kubectl.find("workflows", namespace, chosen), DUE
        )
        asked = made["spec"]["workflowSpec"]
        assert started["spec"]["arguments"] == asked["arguments"]
        given = {one["name"]: one["value"] for one in asked["arguments"]["parameters"]}
        run = Run(namespace, started["metadata"]["name"])
        assert f"--store={given['store']}" in main(run.pod(f"{task}(0)"))["args"]
        run.delete()
    finally:
        kubectl.delete("cronworkflow", f"{task}-each-minute", namespace=namespace)
