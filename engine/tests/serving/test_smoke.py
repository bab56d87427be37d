"""A server that serves what was released, and every way in which one does not."""

import contextlib
import dataclasses
import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from mainline.cli import main as cli
from mainline.core.errors import MainlineError
from mainline.delivery import evidence, smoke
from mainline.delivery.evidence import TENSORFLOW_SERVING, UNKNOWN
from mainline.release.release_file import Release
from mainline.serving import client, grpc_client
from mainline.serving.identity import EMBEDDED
from repository import repository


@pytest.fixture
def wanted(tiny_run):
    return smoke.expected(tiny_run, {})


def outcomes(wanted, served, **changed):
    budget = changed.pop("budget_ms", 10_000)
    asked = dataclasses.replace(wanted, **changed)
    return {
        check.name: check for check in smoke.look(asked, served.rest, served.grpc, budget).checks
    }


def moved(golden, by):
    return dataclasses.replace(golden, scores=[score + by for score in golden.scores])


def test_the_released_model_passes_and_the_evidence_promotes_it_with_a_reason(
    served, tiny_run, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tiny_run)
    path = tmp_path / "evidence.json"
    arguments = ["smoke", served.rest, "--grpc", served.grpc, "--budget-ms", "10000"]
    assert cli.main([*arguments, "--evidence", str(path)]) == 0
    assert capsys.readouterr().out.count("ok ") == 4
    found = evidence.read(path)
    assert "with this server: embedded server" in found.problem(Release.read(tiny_run))
    reason = dataclasses.replace(found, override="no cluster yet")
    assert reason.problem(Release.read(tiny_run)) == ""


def test_another_version_fails(served, wanted):
    check = outcomes(wanted, served, version="42")["version served"]
    assert not check.passed
    assert check.bar == "released: 42"


@pytest.mark.parametrize("by", [1e-4, float("nan")])
def test_other_scores_fail_over_both_ways(served, wanted, by):
    found = outcomes(wanted, served, golden=moved(wanted.golden, by))
    assert not found["scores over REST"].passed
    assert not found["scores over gRPC"].passed
    assert found["version served"].passed


def test_a_latency_beyond_the_budget_fails(served, wanted):
    check = outcomes(wanted, served, budget_ms=0.0)["latency"]
    assert not check.passed
    assert check.seen.endswith(" ms")


def test_a_server_that_is_not_there_fails_every_check_with_the_reason(wanted):
    seen = smoke.look(wanted, "http://127.0.0.1:9", "127.0.0.1:9", 250)
    assert not any(check.passed for check in seen.checks)
    assert all("nothing listens" in check.seen for check in seen.checks)
    assert (seen.server, seen.grpc_answered) == (UNKNOWN, False)


def test_another_model_s_name_is_said(served, wanted):
    found = outcomes(wanted, served, name="other")
    assert "does not serve a model 'other'" in found["scores over REST"].seen


def test_beside_a_server_the_environment_says_what_is_expected(tiny_run, wanted, tmp_path):
    directory = tmp_path / "model"
    shutil.copytree(tiny_run / "dist/model", directory)
    values = dict(zip(smoke.FROM_ENVIRONMENT, ("tiny", "7", str(directory)), strict=True))
    found = smoke.expected(tmp_path, values)
    assert (found.name, found.version, found.golden) == ("tiny", "7", wanted.golden)
    del values["MODEL_VERSION"]
    with pytest.raises(MainlineError, match=r"MODEL_VERSION not set\. Next to a server"):
        smoke.expected(tmp_path, values)


def test_beside_a_server_an_empty_volume_is_said(tmp_path):
    values = dict(zip(smoke.FROM_ENVIRONMENT, ("tiny", "7", str(tmp_path)), strict=True))
    with pytest.raises(MainlineError, match="the model's volume is empty"):
        smoke.expected(tmp_path, values)


@pytest.mark.parametrize("given", [True, False])
def test_where_grpc_was_asked_is_said_when_nobody_said_where(tiny_run, capsys, given):
    address = "127.0.0.1:9" if given else None
    assert not smoke.run(tiny_run, "http://127.0.0.1:9", address, 250, None)
    assert ("`--grpc` sets another address" in capsys.readouterr().out) is not given


def test_where_grpc_was_asked_is_not_said_when_it_answered(served, tiny_run, capsys, monkeypatch):
    monkeypatch.setattr(smoke, "GRPC_PORT", served.grpc_port)
    assert not smoke.run(tiny_run, served.rest, None, 0, None)  # the latency fails
    assert "`--grpc` sets another address" not in capsys.readouterr().out


def test_the_rest_port_is_no_answer_over_grpc(served, wanted):
    address = served.rest.removeprefix("http://")
    assert not smoke.look(wanted, served.rest, address, 10_000).grpc_answered


def test_it_waits_until_the_version_is_served(served, wanted, monkeypatch):
    """The server comes, with another version first."""
    slept, versions = [], ["7", "7", wanted.version]
    monkeypatch.setattr(smoke.time, "sleep", slept.append)
    predict, status = smoke.GrpcClient.predict, smoke.RestClient.versions

    def older(self, rows):
        answer = predict(self, rows)
        if len(rows) == 1 and versions:
            answer = dataclasses.replace(answer, version=int(versions.pop(0)))
        return answer

    monkeypatch.setattr(smoke.GrpcClient, "predict", older)
    monkeypatch.setattr(
        smoke.RestClient, "versions", lambda self: [7] if len(slept) < 3 else status(self)
    )
    seen = smoke.look(wanted, served.rest, served.grpc, 10_000, wait=60)
    assert seen.passed
    assert slept == [smoke.PAUSE] * 3


def test_it_waits_no_longer_than_asked(wanted, monkeypatch):
    monkeypatch.setattr(smoke, "PAUSE", 0.05)
    seen = smoke.look(wanted, "http://127.0.0.1:9", "127.0.0.1:9", 250, wait=0.2)
    assert "nothing listens" in seen.checks[0].seen


@pytest.mark.parametrize("hidden", [(), ("rest",), ("grpc",)])
def test_the_embedded_server_is_known_over_either_way(served, wanted, monkeypatch, hidden):
    """A proxy may take one of the two signs away."""
    if "rest" in hidden:
        monkeypatch.setattr(client, "KEY", "x-other")
    if "grpc" in hidden:
        monkeypatch.setattr(grpc_client, "KEY", "x-other")
    assert smoke.look(wanted, served.rest, served.grpc, 10_000).server == EMBEDDED


def test_a_server_without_the_sign_is_tensorflow_serving(served, wanted, monkeypatch):
    for module in (client, grpc_client):
        monkeypatch.setattr(module, "KEY", "x-other")
    assert smoke.look(wanted, served.rest, served.grpc, 10_000).server == TENSORFLOW_SERVING


def test_every_answer_of_the_embedded_server_bears_the_sign(served):
    """Refusals too, or a server that serves another model would pass for the real one."""
    for ask in (client.RestClient(served.rest, "other"), grpc_client.GrpcClient(served.grpc, "x")):
        with contextlib.closing(ask), pytest.raises(MainlineError):
            ask.versions()
        assert ask.answered
        assert ask.embedded


def test_evidence_says_who_made_it_when_and_with_what(
    served, tiny_run, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("GITHUB_ACTOR", "ada")
    path = tmp_path / "evidence.json"
    assert smoke.run(tiny_run, served.rest, served.grpc, 10_000, path)
    found = evidence.read(path)
    assert (found.where, found.server, found.made_by) == (served.rest, EMBEDDED, "ada")
    made = datetime.strptime(found.made_at, "%Y-%m-%dT%H:%M:%S%z")
    assert abs(datetime.now(UTC) - made) < timedelta(minutes=1)
    assert f"server  {EMBEDDED}" in capsys.readouterr().out


def test_without_an_actor_it_is_who_commits_here(monkeypatch, tmp_path):
    monkeypatch.delenv("GITHUB_ACTOR", raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    assert smoke._person(tmp_path) == UNKNOWN
    repository(tmp_path)
    assert smoke._person(tmp_path) == "Ada"


def test_evidence_of_a_failure_promotes_nothing(served, tiny_run, tmp_path, monkeypatch):
    monkeypatch.chdir(tiny_run)
    path = tmp_path / "evidence.json"
    arguments = ["smoke", served.rest, "--grpc", served.grpc, "--budget-ms", "0"]
    assert cli.main([*arguments, "--evidence", str(path)]) == 1
    assert not json.loads(path.read_text())["checks"][-1]["passed"]
    assert "failed: latency" in evidence.read(path).problem(Release.read(tiny_run))
