"""What `propose` is made of, without a model."""

import json
from pathlib import Path

import pytest

from mainline.core.errors import MainlineError, StageFailedError
from mainline.core.layout import Layout
from mainline.github import carry
from mainline.proposal import fork, touched, words
from mainline.proposal.secrets import masked, withheld
from mainline.proposal.touched import watched_paths

ROOT = Path(__file__).parents[3]


def test_every_stage_s_inputs_are_watched():
    watched = watched_paths(ROOT)
    for name in ("params.yaml", "dvc.yaml", "data/snapshots.json", "requirements/train.txt"):
        assert name in watched


def test_a_secret_does_not_reach_the_comment(monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "abcdefgh12345678")
    assert masked("s3: abcdefgh12345678 refused") == "s3: *** refused"


def test_no_output_ends_the_block_it_is_shown_in():
    text = words.stopped(StageFailedError("", stage="train", lines=["````", "@everyone <b>"]))
    opening, *_, closing = [line for line in text.splitlines() if line.startswith("`````")]
    assert (opening, closing) == ("`````text", "`````")


def test_a_refusal_mentions_nobody():
    assert "@everyone" not in words.refused("no @everyone <img>")


def test_training_sees_no_credentials_of_ours():
    ours = ("GITHUB_TOKEN", "PUSH_TOKEN", "REGISTRY_PASSWORD", "DOCKER_CONFIG")
    asks = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
    given = dict.fromkeys([*ours, asks, "AWS_SESSION_TOKEN", "PATH"], "value")
    assert set(withheld(given)) == {"AWS_SESSION_TOKEN", "PATH"}


def test_what_is_touched_is_said_and_set(remoted, monkeypatch, tmp_path, capsys, github):
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    (remoted.root / "README.md").write_text("More words.\n")
    remoted.commit("Words")
    touched.run(remoted.root, against=None)
    assert github.seen == []
    touched.run(remoted.root, against=None, post=True)
    assert "No model is touched" in github.bodies("mainline-proposal")[0]
    [network] = remoted.root.glob("src/*/network.py")
    name = network.relative_to(remoted.root).as_posix()
    for change in ("metrics/split.json", "dvc.lock", name):
        (remoted.root / change).write_text("changed\n")
    remoted.commit("A model")
    touched.run(remoted.root, against=None, post=True)
    assert capsys.readouterr().out.endswith(f"dvc.lock\nmetrics/split.json\n{name}\n")
    assert (tmp_path / "output").read_text().split() == ["model=false", "model=false", "model=true"]
    assert len(github.comments) == 1


def test_a_base_that_is_not_there_decides_nothing(remoted):
    with pytest.raises(MainlineError, match="git knows no revision 'origin/gone'"):
        touched.run(remoted.root, against="origin/gone")


@pytest.fixture
def rules(tmp_path):
    path = Layout(tmp_path).rules
    path.parent.mkdir(parents=True)
    checks = [{"context": name} for name in ("lint", "test", "proposal")]
    rule = {"type": "required_status_checks", "parameters": {"required_status_checks": checks}}
    path.write_text(json.dumps({"rules": [rule, {"type": "deletion"}]}))
    return tmp_path


def check(number, name, conclusion):
    status = "completed" if conclusion else "in_progress"
    return {"id": number, "name": name, "status": status, "conclusion": conclusion}


def test_checks_are_carried_as_they_come(rules, github, api):
    github.check_runs = [check(1, "lint", "success"), check(2, "test", None)]

    def sleep(seconds):
        github.check_runs[1] = check(2, "test", "failure")

    assert not carry.run(rules, "p" * 40, "c" * 40, api=api, sleep=sleep)
    said = [(s["context"], s["state"], s["sha"][0]) for s in github.statuses]
    assert said == [("lint", "success", "c"), ("test", "failure", "c")]


def test_a_check_that_never_comes_is_named(rules, github, api):
    github.check_runs = [check(1, "lint", "success")]
    with pytest.raises(MainlineError, match="no result yet on pppppppppppp: test"):
        carry.run(rules, "p" * 40, "c" * 40, api=api, minutes=1, sleep=lambda seconds: None)


def test_where_no_check_begins_nobody_waits_an_hour_and_a_half(rules, github, api):
    slept = []
    with pytest.raises(
        MainlineError, match="no check has started on pppppppppppp within 10 minutes"
    ):
        carry.run(rules, "p" * 40, "c" * 40, api=api, sleep=slept.append)
    assert sum(slept) == 600


def test_a_check_that_waits_for_a_machine_is_waited_for(rules, github, api):
    github.check_runs = [check(1, "lint", None), check(2, "test", None)]
    slept = []

    def sleep(seconds):
        slept.append(seconds)
        if sum(slept) > 1200:
            github.check_runs = [check(1, "lint", "success"), check(2, "test", "success")]

    assert carry.run(rules, "p" * 40, "c" * 40, api=api, sleep=sleep)


def test_a_fork_may_change_words_only(remoted):
    (remoted.root / "README.md").write_text("More words.\n")
    remoted.commit("Words")
    fork.run(remoted.root, against=None)
    remoted.set(**{"train.seed": 6})
    remoted.commit("Seed")
    with pytest.raises(MainlineError, match=r"touches a model \(params.yaml\)"):
        fork.run(remoted.root, against=None)
