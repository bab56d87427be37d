"""The exit handler: what Argo says of a workflow, in plain lines and as a commit status."""

import json

import pytest

from github_stub import Fault
from mainline.cli import main as cli
from mainline.cluster import failures, task_report

COMMIT = "c0ffee" * 6 + "1234"


def node(name: str, message: str, at: int = 1) -> dict:
    """As the controller marshals it (`failedNodeStatus` in operator.go)."""
    return {
        "displayName": name,
        "message": message,
        "templateName": name.partition("(")[0],
        "phase": "Failed",
        "podName": f"train-x1-{name}",
        "finishedAt": f"2026-07-01T10:00:{at:02}Z",
    }


def argo(*nodes: dict) -> str:
    """What the pod's argument is: a list, or null, as JSON that is quoted once more."""
    return json.dumps(json.dumps(list(nodes) or None))


def run(told: str, status: str = "Failed", revision: str = "") -> None:
    task_report.run("", workflow="train-x1", status=status, failures=told, revision=revision)


@pytest.fixture
def told(github, monkeypatch):
    """A token, and a branch that GitHub knows."""
    github.refs |= {"feature/a b": COMMIT, COMMIT: COMMIT}
    monkeypatch.setenv("GITHUB_TOKEN", "secret-token-of-the-pod")
    monkeypatch.setenv("GITHUB_REPOSITORY", "o/r")
    monkeypatch.setenv("REPOSITORY", "/srv/o/r")
    monkeypatch.setenv("GITHUB_API_URL", github.url)
    return github


def test_what_failed_in_the_order_in_which_it_failed(capsys):
    run(
        argo(
            node("train-x1", "", at=9),
            node("train", "No more retries left", at=8),
            node("train(0)", "Error (exit code 1): stage train failed:\n  no rows", at=7),
        )
    )
    assert capsys.readouterr().out.splitlines() == [
        "workflow  train-x1 ended: Failed",
        "failed    train(0): Error (exit code 1): no rows",  # the last line is the error
        "failed    train: No more retries left",
    ]


@pytest.mark.parametrize("told", [argo(), "null", "[]", ""])
def test_nothing_failed(capsys, told):
    run(told, status="Succeeded")
    assert capsys.readouterr().out == "workflow  train-x1 ended: Succeeded\n"


@pytest.mark.parametrize(
    "told",
    [
        "{{=workflow.failures[:50000]}}",
        "[",
        '"[\\"a\\"]"',
        "7",
        '[{"displayName": "x"}]',
        '"\\a"',
        '"\\N{x}"',
    ],
)
def test_a_list_that_is_not_readable_does_not_hide_the_status(capsys, told):
    run(told)
    first, second = capsys.readouterr().out.splitlines()
    assert first == "workflow  train-x1 ended: Failed"
    assert second.startswith("failed    cannot be told: Argo's list is not readable: ")


@pytest.mark.parametrize("revision", ["feature/a b", COMMIT])
@pytest.mark.parametrize(
    ("status", "state"), [("Succeeded", "success"), ("Failed", "failure"), ("Error", "error")]
)
def test_the_commit_gets_a_status(told, status, state, revision):
    failed = [] if status == "Succeeded" else [node("train(0)", "no rows")]
    run(argo(*failed), status=status, revision=revision)
    assert told.statuses == [
        {
            "sha": COMMIT,
            "context": "workflow/train-x1",
            "state": state,
            "description": "train(0): no rows" if failed else "Succeeded",
        }
    ]


def test_a_secret_in_a_message_is_not_told(told, capsys):
    run(argo(node("train(0)", "refused secret-token-of-the-pod")), revision=COMMIT)
    assert told.statuses[0]["description"] == "train(0): refused ***"
    assert "secret-token" not in capsys.readouterr().out


def test_without_a_token_or_a_revision_nothing_is_asked(told, monkeypatch):
    run(argo())
    monkeypatch.delenv("GITHUB_TOKEN")
    run(argo(), revision=COMMIT)
    assert told.seen == []


def test_a_revision_that_github_does_not_know(told, capsys):
    run(argo(node("check(0)", "no revision 'typo'")), revision="typo")
    said = capsys.readouterr().out
    assert "failed    check(0): no revision 'typo'" in said
    assert "status    workflow/train-x1 is not set: GET commits/typo: 404, " in said


@pytest.mark.parametrize("status", [401, 403, 422])
def test_a_status_that_github_refuses_does_not_fail_the_workflow(told, capsys, status):
    told.faults.append(Fault(status, "POST", message="Resource not accessible"))
    named = ["--workflow=train-x1", "--status=Succeeded", f"--revision={COMMIT}"]
    assert cli.main(["task", "report", *named]) == 0
    said = capsys.readouterr().out.splitlines()[-1]
    assert said.startswith("status    workflow/train-x1 is not set: POST ")
    assert f": {status}, " in said
    assert told.statuses == []


def test_a_list_that_is_cut_off_tells_what_is_whole():
    """At any place; the text is what Go makes of these characters."""
    nodes = [node(f"partitions({at})(0)", 'no "rows"\n\x7f é\\', at) for at in range(3)]
    inner = json.dumps(nodes, ensure_ascii=False, separators=(",", ":"))
    inner = inner.replace("\\\\", "\\\\\U000e0001")
    whole = json.dumps(inner, ensure_ascii=False).replace("\x7f", "\\x7f")
    whole = whole.replace("\U000e0001", "\\U000e0001")
    every = failures.lines(whole)
    assert [line.partition(":")[0] for line in every] == [f"partitions({at})(0)" for at in range(3)]
    found = set()
    for end in range(1, len(whole)):
        *lines, last = failures.lines(whole[:end])
        assert last == failures.CUT
        assert lines == every[: len(lines)]
        found.add(len(lines))
    assert found == {0, 1, 2, 3}


def test_the_command(capsys):
    named = ["--workflow=train-x1", "--status=Failed", f"--failures={argo(node('data', 'x'))}"]
    assert cli.main(["task", "report", *named]) == 0
    assert "failed    data: x" in capsys.readouterr().out
