"""The event that starts a promotion: of the right form, and true of git, or refused."""

import json

import pytest

from github_stub import Fault
from mainline.cli import main as cli
from mainline.core.errors import MainlineError
from mainline.delivery import deployed, dispatch, healthy
from mainline.delivery.dispatch import ByHand, Healthy
from mainline.github import workflow
from mainline.github.records import DONE, WAITING
from mainline.k8s.placeholder import PLACEHOLDER

GOOD = {"revision": "c" * 40, "seen_at": "2026-11-21T10:00:00Z"}


def told(tmp_path, payload, *, action="staging-healthy", sender="argo[bot]"):
    """The environment of a job that a dispatch started."""
    about = {"action": action, "client_payload": payload, "sender": {"login": sender}}
    (tmp_path / "event.json").write_text(json.dumps(about))
    return {
        "GITHUB_EVENT_NAME": "repository_dispatch",
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
    }


def test_a_dispatch_of_argo_cd(tmp_path):
    found = dispatch.read(told(tmp_path, GOOD))
    assert found == Healthy("staging", **GOOD, sender="argo[bot]")
    assert found.said() == "Argo CD at cccccccccccc, sent by argo[bot]"


BAD = {
    "no payload": {},
    "a shell": GOOD | {"revision": "$(id)"},
    "a branch": GOOD | {"revision": "main"},
    "a text": GOOD | {"seen_at": "[yesterday](https://example.com)"},
    "a list": GOOD | {"revision": ["c" * 40]},
    "no time": {"revision": "c" * 40},
}


@pytest.mark.parametrize("case", BAD)
def test_a_payload_of_another_form_is_refused(tmp_path, case):
    with pytest.raises(MainlineError, match=r"the dispatch's .* `kubectl apply` k8s/argocd"):
        dispatch.read(told(tmp_path, BAD[case]))


@pytest.mark.parametrize("action", ["healthy", "moon-healthy", "staging", "staging-healthy-not"])
def test_a_dispatch_of_another_type_is_refused(tmp_path, action):
    with pytest.raises(MainlineError, match=r"expected `staging-healthy` and `production"):
        dispatch.read(told(tmp_path, GOOD, action=action))


@pytest.mark.parametrize("event", ["", "push", "pull_request"])
def test_another_event_says_nothing_about_health(event):
    with pytest.raises(MainlineError, match="expected `repository_dispatch` or"):
        dispatch.read({"GITHUB_EVENT_NAME": event})


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"sender": {"login": "a b"}}'])
def test_a_file_that_is_no_event_is_said(tmp_path, text):
    values = told(tmp_path, GOOD)
    (tmp_path / "event.json").write_text(text)
    with pytest.raises(MainlineError, match="cannot be read"):
        dispatch.read(values)


@pytest.mark.parametrize("inputs", [None, {}, {"evidence": "{}", "reason": "because"}])
def test_a_person_brings_evidence_or_a_reason_or_neither(tmp_path, inputs):
    path = tmp_path / "event.json"
    path.write_text(json.dumps({"inputs": inputs, "sender": {"login": "ada"}}))
    values = {"GITHUB_EVENT_NAME": "workflow_dispatch", "GITHUB_EVENT_PATH": str(path)}
    given = inputs or {"evidence": "", "reason": ""}
    assert dispatch.read(values) == ByHand(**given, sender="ada")


@pytest.fixture
def record(story, tmp_path, github, monkeypatch):
    """`healthy`, as for a dispatch about a model at a commit; `deployed` through the same stub."""
    monkeypatch.chdir(story.root)
    for name, value in (("API_URL", github.url), ("REPOSITORY", "o/r"), ("TOKEN", "token")):
        monkeypatch.setenv(f"GITHUB_{name}", value)

    def run(revision, environment="staging"):
        payload = GOOD | {"revision": revision}
        for name, value in told(tmp_path, payload, action=f"{environment}-healthy").items():
            monkeypatch.setenv(name, value)
        healthy.run(story.root)

    return run


def test_main_s_deployments_are_recorded_once_and_end_when_they_are_healthy(story, github, record):
    first = story.deploy(1)
    deployed.run(story.root, record=False)
    assert github.deployments == []
    for _ in range(2):
        deployed.run(story.root, record=True)
    [made] = github.deployments
    assert (made["sha"], made["environment"]) == (first, "staging")
    assert made["payload"]["version"] == story.release(1).version
    assert [state["state"] for state in github.states] == [WAITING]
    after = story.commit("Words")  # a sync of a later commit, which deployed nothing else
    for _ in range(2):
        record(after)
    assert [state["state"] for state in github.states] == [WAITING, DONE]
    assert "sent by argo[bot]" in github.states[-1]["description"]


def test_each_environment_has_records_of_its_own_and_a_missing_one_is_made(story, github, record):
    story.deploy(1)
    promoted = story.promote(1)
    record(promoted, "production")
    [made] = github.deployments
    assert (made["environment"], made["sha"]) == ("production", promoted)
    assert [state["state"] for state in github.states] == [WAITING, DONE]


def test_a_rollback_is_a_deployment_of_its_own(story, github, record):
    for number in (1, 2, 1):
        story.deploy(number)
        deployed.run(story.root, record=True)
    assert len({made["sha"] for made in github.deployments}) == 3


def test_what_is_new_is_told_to_the_steps_that_follow(story, record, tmp_path, monkeypatch):
    story.deploy(1)
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    assert cli.main(["deployed"]) == 0
    release = story.release(1)
    name = release.image.partition("@")[0]
    wanted = f"new=true\nstaging={release.version}\nstaging_name={name}\n"
    assert (tmp_path / "output").read_text() == f"{wanted}staging_digest={release.digest}\n"


def test_an_output_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    with pytest.raises(ValueError, match="more than one line"):
        workflow.output("staging", "1\nstaging_name=evil")
    assert not (tmp_path / "output").exists()


def test_what_is_on_record_is_told_again_when_a_person_asks(story, record, tmp_path, monkeypatch):
    """As for an image that nobody signed, because SIGN was not set then."""
    story.deploy(1)
    deployed.run(story.root, record=True)
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    assert cli.main(["deployed"]) == 0
    assert not (tmp_path / "output").exists()
    assert cli.main(["deployed", "--again"]) == 0
    assert f"staging_digest={story.release(1).digest}\n" in (tmp_path / "output").read_text()


def test_before_a_registry_is_set_nothing_is_released(story, github, record, capsys):
    story.deploy(1)
    path = story.root / "k8s/overlays/staging/release.yaml"
    path.write_text(path.read_text().replace("registry.example", f"ghcr.io/{PLACEHOLDER}"))
    story.commit("The template's own")
    deployed.run(story.root, record=True)
    assert github.deployments == []
    assert "is the template's example and is not published" in capsys.readouterr().out


def test_an_emptied_environment_has_nothing_to_record(story, github, record):
    story.deploy(1)
    (story.root / "k8s/overlays/staging/release.yaml").unlink()
    story.commit("No more")
    deployed.run(story.root, record=True)
    assert github.deployments == []


def test_a_dispatch_about_a_commit_that_main_lacks_is_refused(story, github, record):
    story.deploy(1)
    with pytest.raises(MainlineError, match="which is not on main"):
        record("d" * 40)
    story.git.run("switch", "-q", "-c", "elsewhere")
    aside = story.deploy(2)
    with pytest.raises(MainlineError, match="which is not on main"):
        record(aside)
    assert github.deployments == []


def test_a_dispatch_about_an_environment_without_a_release_is_refused(story, github, record):
    with pytest.raises(MainlineError, match="production had no release"):
        record(story.deploy(1), "production")
    assert github.deployments == []


def test_a_forge_that_does_not_answer_is_said(story, github, record):
    story.deploy(1)
    github.faults = [Fault(403, message="Resource not accessible by integration")]
    with pytest.raises(MainlineError, match="Resource not accessible"):
        deployed.run(story.root, record=True)


def test_a_person_cannot_say_that_something_is_healthy(story, record, tmp_path, monkeypatch):
    path = tmp_path / "event.json"
    path.write_text(json.dumps({"inputs": {"reason": "x"}, "sender": {"login": "ada"}}))
    monkeypatch.setenv("GITHUB_EVENT_NAME", "workflow_dispatch")
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(path))
    with pytest.raises(MainlineError, match="only Argo CD's dispatch"):
        healthy.run(story.root)
