"""Rules on all workflows together: one commit of an action, and required checks that come."""

import copy
import json

import pytest
from parsed_workflows import ROOT, ours, parsed

from mainline.check import required
from mainline.check.required import Checks
from mainline.core.layout import Layout

OTHER = f"""\
name: Other
on: push
jobs:
  one:
    steps:
      - uses: actions/checkout@{"a" * 40} # v7.0.1
"""


@pytest.fixture
def checks() -> Checks:
    ruleset = json.loads(Layout(ROOT).rules.read_text())
    return Checks(ours(), copy.deepcopy(ruleset))


def needed(checks: Checks) -> dict:
    found = checks.ruleset["rules"]
    return next(it["parameters"] for it in found if it["type"] == "required_status_checks")


@pytest.mark.parametrize("rule", required.TOGETHER, ids=lambda rule: rule.__name__)
def test_together_they_hold(checks, rule):
    assert list(rule(checks)) == []


def test_two_commits_of_an_action_are_found(checks):
    checks.workflows.append(parsed(OTHER))
    [said] = required.one_commit(checks)
    assert said.startswith("actions/checkout is used as ")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda it: needed(it).update(strict_required_status_checks_policy=False), "strict"),
        (lambda it: needed(it)["required_status_checks"].clear(), "no check is required"),
        (lambda it: it.ruleset["rules"].clear(), "no check is required"),
        (
            lambda it: needed(it)["required_status_checks"].append(
                {"context": "seal", "integration_id": 15368}
            ),
            "no workflow on pull requests reports seal",
        ),
        (lambda it: needed(it)["required_status_checks"][0].pop("integration_id"), "any app"),
        (lambda it: it.workflows.clear(), "no workflow on pull requests reports verdict"),
        (
            lambda it: [one.content.update(name="Renamed") for one in it.workflows],
            "judge.yml follows no workflow",
        ),
        (
            lambda it: [one.content["on"].pop("merge_group", None) for one in it.workflows],
            "merge queue",
        ),
        (
            lambda it: [
                one.content["on"].update(pull_request={"paths": ["src"]})
                for one in it.workflows
                if "pull_request" in one.content["on"]
            ],
            "each pull request to main",
        ),
    ],
)
def test_a_required_check_that_never_comes_is_found(checks, change, said):
    change(checks)
    assert any(said in found for found in required.required(checks))
