"""A misspelt column in the gateway's settings is found before it is merged."""

import pytest
import yaml

from mainline.check import groups
from mainline.check.gateway_columns import Logged, gateway_columns
from mainline.check.gateway_pod import SETTINGS
from mainline.cli import main as cli

INPUTS = ["age", "income", "location"]


def logged(**log) -> Logged:
    pod = {
        "containers": [{"name": "gateway"}],
        "volumes": [{"name": "gateway", "configMap": {"name": "gateway-settings"}}],
    }
    deployment = {"kind": "Deployment", "spec": {"template": {"spec": pod}}}
    settings = {
        "kind": "ConfigMap",
        "metadata": {"name": "gateway-settings"},
        "data": {"settings.yaml": yaml.safe_dump({"log": log} if log else {})},
    }
    return Logged([deployment, settings], INPUTS)


@pytest.mark.parametrize(
    "log",
    [
        {},
        {"leave_out": ["age", "income"], "hash": ["location", "entity"]},
        {"leave_out": ["notes"], "may_lack": ["notes"]},
    ],
)
def test_columns_of_the_model_hold_the_rule(log):
    assert list(gateway_columns(logged(**log))) == []


@pytest.mark.parametrize(
    ("log", "found"),
    [
        ({"leave_out": ["agee"]}, ["log.leave_out names 'agee'; did you mean 'age'?"]),
        ({"hash": ["entiy"]}, ["log.hash names 'entiy'; did you mean 'entity'?"]),
        ({"leave_out": ["age", "zip"]}, ["log.leave_out names 'zip'"]),
        (
            {"hash": ["notes"], "may_lack": ["note"]},
            ["log.hash names 'notes'; did you mean 'note'?"],
        ),
    ],
)
def test_another_name_is_found(log, found):
    assert list(gateway_columns(logged(**log))) == found


@pytest.mark.check
def test_the_command_says_it_before_it_is_merged(project, capsys):
    settings = project / SETTINGS
    settings.write_text(settings.read_text().replace("leave_out: []", "leave_out: [incme]"))
    assert cli.main(["check"]) == 1
    said = capsys.readouterr().out.splitlines()
    lines = [line for line in said if "[gateway.gateway_columns]" in line]
    assert len(lines) == len(said) == 2  # staging and production
    assert "log.leave_out names 'incme'; did you mean 'income'?" in lines[0]


def test_the_rule_is_one_of_the_command():
    assert "gateway.gateway_columns" in groups.EXPECTED
