"""What a dispatch may ask for: evidence that fires its trigger, a schedule that is due."""

import json

import pytest
from newer import PARAMS, drifted, verdict

from mainline.core.errors import MainlineError
from mainline.retraining.triggers import evidence

SHIFT = json.dumps(evidence(verdict(drifted()), [drifted()]))


@pytest.mark.parametrize(
    ("trigger", "evidence", "made"),
    [
        ("drift", "", ""),
        ("drift", json.dumps(evidence(verdict(drifted(0.2)), [drifted(0.2)])), ""),
        ("drift,event", "", "event"),
        ("schedule,drift", SHIFT, "drift"),
    ],
    ids=["none", "too-little", "two", "not-due"],
)
def test_a_trigger_that_the_evidence_does_not_fire(
    small, started, github, capsys, trigger, evidence, made
):
    small.params(PARAMS.replace("every_days: 30", "every_days: 300"))
    started(trigger=trigger, reason="take my word", evidence=evidence)
    assert [each["title"].rpartition(": ")[2] for each in github.pulls] == ([made] if made else [])
    refused = trigger.split(",")[0]
    assert f"refused   {refused}: it is not due, or the evidence" in capsys.readouterr().out


def test_what_is_printed_of_a_dispatch_is_no_command(small, started, capsys):
    with pytest.raises(MainlineError, match="there is no trigger 'x ::add-path::/tmp'"):
        started(trigger="x\n::add-path::/tmp", reason="why")
    started(reason="why")
    first, *_, last = [line for line in capsys.readouterr().out.splitlines() if "::" in line]
    token = last.strip(":")
    assert first.startswith("::stop-commands::")
    assert last == f"::{token}::"


def test_the_schedule(small, started, github, capsys):
    started("schedule")
    assert github.pulls[0]["title"].endswith(": schedule")
    small.params(PARAMS.replace("every_days: 30", "every_days: 300"))
    github.pulls.clear()
    started("schedule")
    assert github.pulls == []
    assert "no trigger of monitoring.triggers fires" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("event", "inputs", "why"),
    [
        ("workflow_dispatch", {}, "a retraining needs a reason"),
        ("workflow_dispatch", {"reason": "x", "trigger": "all"}, "there is no trigger 'all'"),
        ("workflow_dispatch", {"reason": "x", "evidence": "/etc/passwd"}, "evidence is no JSON"),
        ("workflow_dispatch", {"reason": "x", "evidence": "[" * 9000}, "evidence is no JSON"),
        ("push", {}, "the event is push; expected `workflow_dispatch` or `schedule`"),
    ],
    ids=["no-reason", "trigger", "a-path", "deep", "event"],
)
def test_bad_inputs_of_a_dispatch(started, github, event, inputs, why):
    with pytest.raises(MainlineError, match=why):
        started(event, **inputs)
    assert github.pulls == []
