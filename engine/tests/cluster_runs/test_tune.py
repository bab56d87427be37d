"""The Workflow `tune`: a check, the rows, n pods that share the trials, and one that proposes.

Fake nodes search nothing: that the commands share a study is shown without a cluster.
"""

import kubectl
import pytest
from task_results import end, lose, main

pytestmark = pytest.mark.cluster

COMMIT = "f" * 40
SHUTDOWN = "Pod was terminated in response to imminent node shutdown."


def trials(count: int) -> list[str]:
    """The names that the controller gives the pods of the fan-out."""
    return [f"trials({index}:{index + 1})(0)" for index in range(count)]


def secrets(pod: kubectl.Object) -> set[str]:
    return {it["secretRef"]["name"] for it in main(pod)["envFrom"] if "secretRef" in it}


def begun(submit, parallel: str):
    """A run whose rows are ready."""
    run = submit("tune", revision="main", parallel=parallel)
    check = run.pod("check(0)")
    assert "--tune" in main(check)["args"]
    assert secrets(check) == {"github", "tune"}
    end(check, commit=COMMIT)
    data = run.pod("data(0)")
    assert "tune" not in secrets(data)
    end(data)
    return run


def test_trials_fan_out_over_pods_and_one_proposes_the_best(submit, ours):
    run = begun(submit, "3")
    stages = ours.of("WorkflowTemplate")["tune"]["spec"]["templates"][0]["dag"]["tasks"][1]
    wanted = stages["arguments"]["parameters"][0]["value"]
    pods = [run.pod(name) for name in trials(3)]
    assert sorted(run.running()) == trials(3)
    for number, pod in enumerate(pods, start=1):
        told = main(pod)["args"]
        assert told[:2] == ["task", "tune"]
        assert {f"--revision={COMMIT}", f"--stages={wanted}", f"--worker={number}"} <= {*told}
        assert secrets(pod) == {"remote", "github-read", "tune"}
        assert pod["metadata"]["labels"]["app.kubernetes.io/name"] == "tune"
    for pod in pods:
        end(pod)
    best = run.pod("best(0)")
    assert {f"--revision={COMMIT}", f"--stages={wanted}"} <= {*main(best)["args"]}
    assert secrets(best) == {"remote", "github", "tune"}
    end(best)
    end(run.report())
    assert run.ended()["phase"] == "Succeeded"


def test_a_pod_that_is_lost_runs_again(submit):
    run = begun(submit, "2")
    first, second = (run.pod(name) for name in trials(2))
    lose(first, "Terminated", SHUTDOWN)
    end(second)
    end(run.pod("trials(0:1)(1)"))
    end(run.pod("best(0)"))
    end(run.report())
    assert run.ended()["phase"] == "Succeeded"


def test_one_pod_that_works_is_enough(submit):
    run = begun(submit, "2")
    bad, good = (run.pod(name) for name in trials(2))
    end(bad, 1, "the study cannot be opened")
    end(good)
    end(run.pod("best(0)"))
    end(run.report())
    status = run.ended()
    assert run.nodes()["best"]["phase"] == "Succeeded", status["phase"]


def test_without_any_nothing_is_proposed(submit):
    run = begun(submit, "2")
    for name in trials(2):
        end(run.pod(name), 1, "every trial failed")
    end(run.report())
    assert run.ended()["phase"] == "Failed"
    assert "best(0)" not in run.nodes()
