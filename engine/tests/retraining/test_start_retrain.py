"""A verdict starts retrain.yml with a token that cannot write code; nothing is made there."""

import json
from datetime import date

import pytest
from newer import JUNE, PARAMS, drifted, verdict

from mainline.core.errors import MainlineError
from mainline.retraining import asked as asking
from mainline.retraining import held_to_main, retrain, triggers


def test_a_verdict_starts_the_workflow_and_makes_nothing(small, job, github, tmp_path, capsys):
    said = {"sentence": "age has drifted: ada: 1% → 9%.", "details": {"ada": 0.09}}
    verdict(drifted(**said), drifted(0.5, "income")).write(tmp_path / "verdict.json")
    retrain.run(small.root, from_verdict=tmp_path / "verdict.json", dispatch=True)
    [(file, about)] = github.dispatched
    assert (file, about["ref"]) == ("retrain.yml", "main")
    assert about["inputs"]["trigger"] == "drift,schedule"
    assert about["inputs"]["reason"].startswith("drift.age is 0.6, drift.income is 0.5; the newest")
    assert len(json.loads(about["inputs"]["evidence"])["findings"]) == 2
    assert "ada" not in json.dumps(about), "a value of a column leaves with it"
    assert (github.pulls, small.git.run("branch", "--list", "retrain/*")) == ([], "")
    assert "started   retrain.yml of o/r: drift, schedule" in capsys.readouterr().out


def test_a_trigger_without_its_evidence_starts_nothing(small, job, github, capsys):
    retrain.run(small.root, reason="take my word", trigger="drift", dispatch=True)
    assert github.dispatched == []
    assert "refused   drift: " in capsys.readouterr().out


def test_a_token_that_may_not_start_workflows_is_told_what_it_needs(small, job, github):
    github.readers.add("secret-token")
    with pytest.raises(MainlineError, match="The token needs `Actions: write`"):
        retrain.run(small.root, reason="new prices", dispatch=True)


def test_much_evidence_is_cut_for_a_dispatch(small, tmp_path):
    many = [drifted(1.0, f"column_{number}_{'x' * 400}") for number in range(300)]
    verdict(*many).write(tmp_path / "verdict.json")
    found = asking.by_verdict(small.git, tmp_path / "verdict.json", small.main())
    text = asking.told_evidence.compact(found.evidence)
    assert len(text) <= asking.told_evidence.MOST
    told = json.loads(text)
    assert len(told["findings"]) + told["left_out"] == 300
    assert told["model"]["version"] == "123"
    assert len(found.reason) <= 500


def test_what_a_verdict_fires_fires_again_from_its_evidence(small, job, github, tmp_path):
    verdict(drifted(), drifted(0.5, "income")).write(tmp_path / "verdict.json")
    retrain.run(small.root, from_verdict=tmp_path / "verdict.json", dispatch=True)
    evidence = json.loads(github.dispatched[0][1]["inputs"]["evidence"])
    fires = held_to_main.of_claim(small.git, small.main(), evidence, date(2026, 8, 10))
    assert fires == {"drift", "schedule"}


LIES = {
    "none": {},
    "too-little": {"findings": [{"value": 0.1}]},
    "no-alarm": {"findings": [{"status": "quiet"}]},
    "other-model": {"model": {"name": "fraud"}},
    "few-rows": {"findings": [{"rows": 9}]},
    "text": {"findings": [{"value": "much"}]},
    "a-huge-figure": {"findings": [{"value": 10**400}]},
    "no-list": {"findings": 3},
    "no-window": {"window": None},
    "backwards": {"window": {"from": "2026-08-09", "to": "2026-08-03"}},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_claim_that_fires_nothing(small, lie):
    given = verdict(drifted())
    claim = triggers.evidence(given, given.findings) if lie else {}
    main, today = small.main(), date(2026, 7, 1)
    assert held_to_main.of_claim(small.git, main, claim, today) == ({"drift"} if lie else set())
    first = claim.get("findings", [{}])[0]
    if isinstance(lie.get("findings"), list):
        lie = {"findings": [first | lie["findings"][0]]}
    assert held_to_main.of_claim(small.git, main, claim | lie, today) == set()


def test_a_verdict_of_an_older_version_starts_nothing_once_main_has_rows_of_its_window(
    small, tmp_path, capsys
):
    older = small.git.known("main")
    small.params(PARAMS.replace(JUNE, "2026-08-05", 1))
    path = tmp_path / "verdict.json"
    for commit, fires in ((older, False), ("b" * 40, False), (small.git.known("main"), True)):
        given = verdict(drifted())
        given.model["commit"] = commit
        given.write(path)
        assert bool(asking.by_verdict(small.git, path, small.main())) == fires
    assert capsys.readouterr().out.count("the verdict is of an older version") == 2
    small.params(PARAMS.replace(JUNE, "2026-08-02", 1))  # the day before the window
    given.model["commit"] = older
    given.write(path)
    assert asking.by_verdict(small.git, path, small.main()).triggers == ("drift",)
