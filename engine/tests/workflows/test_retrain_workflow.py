"""retrain.yml: main's copy, no run that waits, and no word of an event in a shell or a variable."""

from pathlib import Path

import yaml

from mainline.params.monitoring import Triggers
from mainline.retraining import start_retrain
from mainline.retraining.asked import EVENT
from mainline.retraining.retrain import EVIDENCE
from mainline.retraining.triggers import NAMES

FILE = Path(__file__).parents[3] / ".github/workflows" / start_retrain.WORKFLOW
WORKFLOW = yaml.safe_load(FILE.read_text())
[JOB] = WORKFLOW["jobs"].values()


def test_it_takes_what_the_command_sends(monkeypatch):
    sent = {}

    class Api:
        repository = "o/r"

        def post(self, _, body):
            sent.update(body)

    asked = start_retrain.Asked((EVENT,), "why", {})
    start_retrain.start(Api(), asked)
    given = WORKFLOW[True]["workflow_dispatch"]["inputs"]
    assert given.keys() == sent["inputs"].keys()
    assert given["reason"]["required"] is True
    assert given["trigger"]["default"] == EVENT
    assert set(NAMES) == set(Triggers.model_fields)


def test_the_command_alone_reads_the_event():
    text = FILE.read_text()
    for where in ("inputs.", "github.event.inputs", "github.event.client_payload"):
        assert f"{{{{ {where}" not in text
    runs = [step["run"] for step in JOB["steps"] if "run" in step]
    assert runs == ["make setup", ".venv/bin/mainline retrain --dispatched --push"]


def test_main_alone_and_with_as_little_as_it_needs():
    assert JOB["if"] == "github.ref == 'refs/heads/main'"
    assert JOB["environment"] == "keep"
    assert JOB["permissions"] == {
        "actions": "write",
        "contents": "write",
        "id-token": "write",
        "pull-requests": "write",
    }


def test_no_run_is_cancelled_in_favour_of_a_newer_one():
    """GitHub keeps one run of a group that waits: the reasons of the others would be lost."""
    assert "concurrency" not in WORKFLOW | JOB


def test_secrets_reach_the_step_that_needs_them():
    named = [step for step in JOB["steps"] if "secrets." in str(step)]
    assert [step.get("id", step.get("run")) for step in named] == [
        "app",
        ".venv/bin/mainline retrain --dispatched --push",
    ]


def test_the_evidence_is_its_artifact():
    assert JOB["steps"][-1]["with"]["path"] == f"{EVIDENCE.parent}/"
    assert JOB["steps"][-1]["if"] == "always()"
