"""The Workflow `score`: one pod plans, and n pods score a part each; and its CronWorkflow.

Fake nodes score nothing: what a partition holds is shown by the tests of `mainline score`.
"""

import copy

import kubectl
import pytest
from runs import Run
from task_results import end, main

pytestmark = pytest.mark.cluster

COMMIT = "f" * 40
WHERE = {"input": "s3://bucket/rows", "output": "s3://bucket/scores"}
PLANNED = {"commit": COMMIT, "output": "s3://bucket/scores/7-0123456789ab"}
DUE = 75  # seconds: one is due each minute


def parts(count: int) -> list[str]:
    """The names that the controller gives the pods of the fan-out."""
    return [f"partitions({index}:{index + 1})(0)" for index in range(count)]


def test_each_partition_is_one_pod_of_the_same_commit_and_folder(submit):
    run = submit("score", partitions="3", **WHERE, **{"allow-failed": "5"})
    plan = run.pod("plan(0)")
    asked = {f"--{name}={value}" for name, value in WHERE.items()} | {"--allow-failed=5"}
    assert asked <= set(main(plan)["args"])
    end(plan, **PLANNED)
    pods = {name: run.pod(name) for name in parts(3)}
    assert sorted(run.running()) == sorted(pods)
    for number, pod in enumerate(pods.values(), start=1):
        told = main(pod)["args"]
        assert f"--partition={number}/3" in told
        assert f"--revision={COMMIT}" in told
        assert f"--input={WHERE['input']}" in told
        assert f"--output={PLANNED['output']}" in told
        assert "--allow-failed=5" in told
        assert main(pod)["resources"]["limits"]["memory"]
        end(pod)
    end(run.report())
    assert run.ended()["phase"] == "Succeeded"


def test_a_failed_partition_is_named_and_the_others_are_finished(submit):
    run = submit("score", partitions="2", **WHERE)
    end(run.pod("plan(0)"), **PLANNED)
    bad, good = parts(2)
    said = "part-7.parquet: column `age` is not there"
    end(run.pod(bad), 1, said)
    end(run.pod(good))
    end(run.report())
    assert run.ended()["phase"] == "Failed"
    nodes = run.nodes()
    assert nodes[bad]["message"] == f"main: Error (exit code 1): {said}"
    assert nodes[good]["phase"] == "Succeeded"


def test_a_report_starts_however_much_failed(submit):
    run = submit("score", partitions="8", **WHERE)
    end(run.pod("plan(0)"), **PLANNED)
    for pod in [run.pod(name) for name in parts(8)]:
        end(pod, 1, "a long message. " * 1250)
    report = run.report()
    (told,) = [it for it in main(report)["args"] if it.startswith("--failures=")]
    assert len(told.removeprefix("--failures=")) == 50_000
    assert f"--revision={COMMIT}" in main(report)["args"]
    end(report)
    assert run.ended()["phase"] == "Failed"


@pytest.fixture(scope="module", autouse=True)
def due(namespace, ours):
    """A copy of our CronWorkflow that is due every minute, from the beginning of this file on."""
    made = copy.deepcopy(ours.of("CronWorkflow")["score-daily"])
    made["metadata"]["name"] = "each-minute"
    made["spec"] |= {"suspend": False, "schedules": ["* * * * *"]}
    kubectl.create(made)
    yield made
    kubectl.delete("cronworkflow", "each-minute", namespace=namespace)


def test_the_cron_workflow_starts_one_when_it_is_due(namespace, due):
    chosen = "workflows.argoproj.io/cron-workflow=each-minute"
    (made, *_) = kubectl.until(
        "a Workflow of it", lambda: kubectl.find("workflows", namespace, chosen), DUE
    )
    asked = due["spec"]["workflowSpec"]
    for field in ("workflowTemplateRef", "arguments"):
        assert made["spec"][field] == asked[field]
    run = Run(namespace, made["metadata"]["name"])
    given = {one["name"]: one["value"] for one in asked["arguments"]["parameters"]}
    assert f"--partitions={given['partitions']}" in main(run.pod("plan(0)"))["args"]
    run.delete()
