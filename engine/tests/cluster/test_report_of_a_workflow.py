"""The exit handler: what Argo says of a workflow, in plain lines and as a commit status."""

import json

import pytest

from mainline.cli import main as cli
from mainline.cluster import task_report
from mainline.core.errors import MainlineError

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


def run(failures: str, status: str = "Failed", revision: str = "") -> None:
    task_report.run("", workflow="train-x1", status=status, failures=failures, revision=revision)


@pytest.fixture
def told(github, monkeypatch):
    """A token, and a branch that GitHub knows."""
    github.refs |= {"feature/a b": COMMIT, COMMIT: COMMIT}
    monkeypatch.setenv("GITHUB_TOKEN", "secret-token-of-the-pod")
    monkeypatch.setenv("GITHUB_REPOSITORY", "o/r")
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


@pytest.mark.parametrize("failures", [argo(), "null", "[]", ""])
def test_nothing_failed(capsys, failures):
    run(failures, status="Succeeded")
    assert capsys.readouterr().out == "workflow  train-x1 ended: Succeeded\n"


@pytest.mark.parametrize(
    "failures",
    ["{{workflow.failures}}", "[", '"[\\"a\\"]"', "7", '[{"displayName": "x"}]', '"\\a"'],
)
def test_a_list_that_is_not_readable_does_not_hide_the_status(capsys, failures):
    run(failures)
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
    with pytest.raises(MainlineError, match="404"):
        run(argo(node("data(0)", "no revision 'typo'")), revision="typo")
    assert "failed    data(0): no revision 'typo'" in capsys.readouterr().out


def test_the_command(capsys):
    named = ["--workflow=train-x1", "--status=Failed", f"--failures={argo(node('data', 'x'))}"]
    assert cli.main(["task", "report", *named]) == 0
    assert "failed    data: x" in capsys.readouterr().out
