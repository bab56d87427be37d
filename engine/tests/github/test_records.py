"""Deployment records: made once, whatever is lost on the way."""

import pytest

from github_stub import Fault
from mainline.github.answers import Refused
from mainline.github.records import DONE, WAITING, Records

SHA = "c" * 40


def test_a_record_says_what_where_and_how_it_goes(github, api):
    records = Records(api)
    made = records.make("production", SHA, "version 1\n" + "x" * 300, {"version": "1"})
    [record] = github.deployments
    assert (record["ref"], record["environment"]) == (SHA, "production")
    assert record["production_environment"] is True
    assert (record["auto_merge"], record["required_contexts"]) == (False, [])
    assert len(record["description"]) == 140
    assert records.state(made) == ""
    records.set(made, WAITING, "on its way", "https://example.com/run")
    records.set(made, DONE, "there")
    assert records.state(made) == DONE
    assert github.states[0]["log_url"] == "https://example.com/run"
    assert "log_url" not in github.states[1]


def test_one_of_another_commit_or_environment_is_not_this_one(api):
    records = Records(api)
    assert records.find("staging", SHA) is None
    made = records.make("staging", SHA, "", {})
    assert records.find("staging", SHA) == made
    assert records.find("staging", "d" * 40) is None
    assert records.find("production", SHA) is None


def test_a_lost_answer_makes_no_second_record(github, api):
    github.faults = [Fault(502, "POST", done_anyway=True)]
    assert Records(api).make("staging", SHA, "", {}) == 1
    assert len(github.deployments) == 1


def test_a_conflict_is_said(github, api):
    github.faults = [Fault(409, "POST", "Commit status checks failed")]
    with pytest.raises(Refused, match="Commit status checks failed"):
        Records(api).make("staging", SHA, "", {})
