"""A verdict starts retrain.yml with a token that may start workflows; nothing is made there."""

import json

import pytest
from newer import drifted, verdict

from mainline.core.errors import MainlineError
from mainline.retraining import asked as asking
from mainline.retraining import retrain


def test_a_verdict_starts_the_workflow_and_makes_nothing(small, job, github, tmp_path, capsys):
    verdict(drifted(), drifted(0.5, "income")).write(tmp_path / "verdict.json")
    retrain.run(small.root, from_verdict=tmp_path / "verdict.json", dispatch=True)
    [(file, about)] = github.dispatched
    assert (file, about["ref"]) == ("retrain.yml", "main")
    assert about["inputs"]["trigger"] == "drift,schedule"
    assert about["inputs"]["reason"].startswith("drift.age is 0.6, drift.income is 0.5; the newest")
    assert len(json.loads(about["inputs"]["evidence"])["findings"]) == 2
    assert (github.pulls, small.git.run("branch", "--list", "retrain/*")) == ([], "")
    assert "started   retrain.yml of o/r: drift, schedule" in capsys.readouterr().out


def test_a_token_that_may_not_start_workflows_is_told_what_it_needs(small, job, github):
    github.readers.add("secret-token")
    with pytest.raises(MainlineError, match="The token needs `Actions: write`"):
        retrain.run(small.root, reason="new prices", dispatch=True)


def test_much_evidence_is_cut_for_a_dispatch(small, tmp_path):
    about = {"sentence": "x" * 400, "details": {"y": "z" * 400}}
    many = [drifted(1.0, f"column_{number}", **about) for number in range(300)]
    verdict(*many).write(tmp_path / "verdict.json")
    found = asking.by_verdict(tmp_path / "verdict.json", small.main())
    text = asking.told_evidence.compact(found.evidence)
    assert len(text) <= asking.told_evidence.MOST
    told = json.loads(text)
    assert len(told["findings"]) + told["left_out"] == 300
    assert told["model"]["version"] == "123"
    assert len(found.reason) <= 500
