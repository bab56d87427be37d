"""A bot's retraining that is not better is closed with its reason; a person's stays open."""

import json
from pathlib import Path

import pytest
from newer import BRANCH, PARAMS

from github_stub import BOT, PERSON
from mainline.github.api import Api
from mainline.github.identity import IDENTITY
from mainline.retraining import closing, retrain
from repository import commit

FAILED = {
    "name": "champion",
    "outcome": "fail",
    "why": "paired on 900 rows; a retrain must be better: its whole interval must be above 0.",
    "figure": "+0.0010 (-0.0020 to +0.0040)",
}
WORSE = {"open": False, "champion": {"paired": True}, "rules": [FAILED]}


@pytest.fixture
def judged(small, job, github, tmp_path):
    """A function: the bot's pull request got this verdict. Returns the pull request."""
    retrain.run(small.root, reason="new prices")
    small.git.run("fetch", "-q", "origin")

    def keep(verdict=WORSE, *, user=BOT, branch=BRANCH, **pull):
        base, head = small.git.known("main"), small.git.known(BRANCH)
        there = github.propose(branch, user, **pull)
        path = tmp_path / "verdict.json"
        path.write_text(verdict if isinstance(verdict, str) else json.dumps(verdict))
        closing.close(small.root, Api.from_environment(), there["number"], (base, head), path)
        return there

    return keep


def test_it_is_closed_with_its_reason(judged, github, capsys):
    assert judged()["state"] == "closed"
    [comment] = github.comments
    assert comment["body"].startswith(
        "The retrained model is not better than the one on main: +0.0010 (-0.0020 to +0.0040) "
        "(paired on 900 rows; a retrain must be better"
    )
    assert comment["body"].endswith("so this one is closed.")
    assert "closed    #41: not better" in capsys.readouterr().out


OTHER = {"name": "latency", "outcome": "fail", "why": "12 ms", "figure": "12 ms"}
LEFT = {
    "better": WORSE | {"open": True, "rules": [FAILED | {"outcome": "pass"}]},
    "better-but-slow": WORSE | {"rules": [FAILED | {"outcome": "pass"}, OTHER]},
    "champion-out-of-reach": WORSE | {"champion": {"commit": "a"}},
    "no-champion": WORSE | {"champion": None},
    "not-paired": WORSE | {"champion": {"paired": False}},
    "no-rules": WORSE | {"rules": []},
    "other-format": {"open": False},
    "list": [],
    "damaged": "{",
}


@pytest.mark.parametrize("verdict", LEFT.values(), ids=LEFT)
def test_an_outage_and_another_verdict_leave_it_open(judged, github, verdict):
    assert judged(verdict)["state"] == "open"
    assert github.comments == []


def test_one_that_a_person_opened_again_is_left_open(judged, github):
    there = judged()
    there["state"] = "open"
    github.pulls.clear()
    assert judged()["state"] == "open"
    assert len(github.comments) == 1


def test_the_words_of_a_person_leave_nothing_open(judged, github):
    github.add(closing.NOT_BETTER, PERSON)
    assert judged()["state"] == "closed"


def test_a_person_s_is_left_open(judged, github):
    assert judged(user=PERSON)["state"] == "open"


def test_another_branch_of_the_bot_is_left_open(judged):
    assert judged(branch="promote-1")["state"] == "open"


def test_a_commit_of_a_person_on_it_leaves_it_open(judged, small):
    small.git.run("switch", "-q", BRANCH)
    (small.root / "README.md").write_text("A fix.\n")
    commit(small.git)
    small.git.run("switch", "-q", "main")
    assert judged()["state"] == "open"


def test_a_commit_of_the_bot_on_it_does_not(judged, small):
    small.git.run("switch", "-q", BRANCH)
    small.git.run(*IDENTITY, "commit", "-q", "--allow-empty", "-m", "Train")
    small.git.run("switch", "-q", "main")
    assert judged()["state"] == "closed"


def test_the_setting_of_main_counts(judged, small):
    text = PARAMS.replace("monitoring:", "monitoring:\n  retrain: {close: false}")
    Path(small.root / "params.yaml").write_text(text)
    assert judged()["state"] == "open"


def test_without_a_section_the_default_counts(judged, small):
    (small.root / "params.yaml").write_text(PARAMS.partition("monitoring:")[0])
    assert judged()["state"] == "closed"
