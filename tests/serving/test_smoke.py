"""A server that serves what was released, and every way in which one does not."""

import dataclasses
import json
import shutil

import pytest

from customer_churn import cli
from customer_churn.core.errors import UserError
from customer_churn.delivery import evidence, smoke
from customer_churn.release.file import Release


@pytest.fixture
def wanted(two_runs):
    return smoke.expected(two_runs[0], {})


def outcomes(wanted, served, **changed):
    budget = changed.pop("budget_ms", 10_000)
    asked = dataclasses.replace(wanted, **changed)
    return {check.name: check for check in smoke.look(asked, served.rest, served.grpc, budget)}


def moved(golden, by):
    return dataclasses.replace(golden, scores=[score + by for score in golden.scores])


def test_the_released_model_passes_and_the_evidence_promotes_it(
    served, two_runs, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(two_runs[0])
    path = tmp_path / "evidence.json"
    arguments = ["smoke", served.rest, "--grpc", served.grpc, "--budget-ms", "10000"]
    assert cli.main([*arguments, "--evidence", str(path)]) == 0
    assert capsys.readouterr().out.count("ok ") == 4
    assert evidence.read(path).problem(Release.read(two_runs[0])) == ""


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
    checks = smoke.look(wanted, "http://127.0.0.1:9", "127.0.0.1:9", 250)
    assert not any(check.passed for check in checks)
    assert all("nothing listens" in check.seen for check in checks)


def test_another_model_s_name_is_said(served, wanted):
    found = outcomes(wanted, served, name="other")
    assert "does not serve a model 'other'" in found["scores over REST"].seen


def test_beside_a_server_the_environment_says_what_is_expected(two_runs, wanted, tmp_path):
    directory = tmp_path / "model"
    shutil.copytree(two_runs[0] / "dist/model", directory)
    values = dict(zip(smoke.FROM_ENVIRONMENT, ("tiny", "7", str(directory)), strict=True))
    found = smoke.expected(tmp_path, values)
    assert (found.name, found.version, found.golden) == ("tiny", "7", wanted.golden)
    del values["MODEL_VERSION"]
    with pytest.raises(UserError, match="MODEL_VERSION not set: beside a server"):
        smoke.expected(tmp_path, values)


def test_beside_a_server_an_empty_volume_is_said(tmp_path):
    values = dict(zip(smoke.FROM_ENVIRONMENT, ("tiny", "7", str(tmp_path)), strict=True))
    with pytest.raises(UserError, match="is the model's volume empty"):
        smoke.expected(tmp_path, values)


@pytest.mark.parametrize("given", [True, False])
def test_where_grpc_was_asked_is_said_when_nobody_said_where(two_runs, capsys, given):
    address = "127.0.0.1:9" if given else None
    assert not smoke.run(two_runs[0], "http://127.0.0.1:9", address, 250, None)
    assert ("`--grpc` names another" in capsys.readouterr().out) is not given


def test_evidence_of_a_failure_promotes_nothing(served, two_runs, tmp_path, monkeypatch):
    monkeypatch.chdir(two_runs[0])
    path = tmp_path / "evidence.json"
    arguments = ["smoke", served.rest, "--grpc", served.grpc, "--budget-ms", "0"]
    assert cli.main([*arguments, "--evidence", str(path)]) == 1
    assert not json.loads(path.read_text())["checks"][-1]["passed"]
    assert "failed: latency" in evidence.read(path).problem(Release.read(two_runs[0]))
