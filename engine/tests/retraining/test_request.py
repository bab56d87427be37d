"""The pull request of a retraining: opened once, joined by further reasons."""

import json
from pathlib import Path

import pytest
from newer import BRANCH, JULY, PARAMS, drifted, origin, verdict

from github_stub import BOT, PERSON
from mainline.core.errors import MainlineError
from mainline.github.identity import IDENTITY
from mainline.retraining import request_body, retrain
from mainline.retraining.asked import Asked
from mainline.retraining.pushed_branch import push
from mainline.retraining.triggers import evidence

SHIFT = json.dumps(evidence(verdict(drifted()), [drifted()]))


def test_it_tells_reason_evidence_and_what_happens_next(small, started, github, tmp_path):
    started(trigger="drift", reason="age has drifted", evidence=SHIFT)
    [pull] = github.pulls
    assert pull["title"] == f"Retrain churn on rows up to {JULY}: drift"
    for part in (
        f"`data.as_of` becomes `{JULY}` (main has `2026-06-30`): 60 rows, +20 against main's table",
        "**drift** (ada): age has drifted",
        "Seen: log of `2026-08-03` to `2026-08-09`, version `123`, in `production`",
        "| figure | value | interval | held to | rows |",
        "| `drift.age` | 0.6 |  |  | 5,000 |",
        "[The run that brought this](https://github.example/o/r/actions/runs/5)",
        "must be **better**",
        "this pull request is closed with its reason",
    ):
        assert part in pull["body"], part
    assert github.dispatched == [
        ("propose.yml", {"ref": BRANCH, "inputs": {"number": str(pull["number"])}})
    ]
    assert small.git.show(origin(small), Path("params.yaml")) == PARAMS.replace(
        '"2026-06-30"', f'"{JULY}"'
    )
    assert (
        small.git.run("log", "-1", "--format=%an", origin(small)).strip() == "github-actions[bot]"
    )
    assert json.loads((small.root / "reports/retrain/evidence.json").read_text())["findings"]
    assert pull["body"] in (tmp_path / "summary").read_text()


def test_a_second_reason_joins_the_first(small, started, github):
    started(trigger="drift", reason="age has drifted", evidence=SHIFT)
    head = origin(small)
    started(sender="bob", reason="new prices")
    [pull] = github.pulls
    assert "**drift** (ada): age has drifted" in pull["body"]
    assert "**event** (bob): new prices" in pull["body"]
    [comment] = github.comments
    assert "A further reason" in comment["body"]
    assert "**event** (bob): new prices" in comment["body"]
    assert origin(small) == head
    assert len(github.dispatched) == 1


def test_the_same_trigger_again_renews_its_figures_without_a_comment(small, started, github):
    started(trigger="drift", reason="age has drifted", evidence=SHIFT)
    started(trigger="drift", reason="age has drifted more", evidence=SHIFT)
    [pull] = github.pulls
    assert pull["body"].count("**drift**") == 1
    assert "age has drifted more" in pull["body"]
    assert github.comments == []


def test_the_same_trigger_of_another_sender_is_a_further_reason(small, started, github):
    started(trigger="drift", reason="age has drifted", evidence=SHIFT)
    started(trigger="drift", reason="all is well", evidence=SHIFT, sender="eve")
    [pull] = github.pulls
    assert "**drift** (ada): age has drifted" in pull["body"]
    assert "**drift** (eve): all is well" in pull["body"]
    assert len(github.comments) == 1


def test_what_others_write_is_text(small, started, github):
    reason = (
        "[a](https://evil.example) @ada <img src=x> #7 <!-- retrain-reasons-end --> |`x`| \u202e"
    )
    findings = [{"name": "`x` | <b>", "value": 1, "sentence": "www.evil.example @all"}]
    started(sender="ada", reason=reason, evidence=json.dumps({"findings": [*findings, 3, None]}))
    body = github.pulls[0]["body"]
    assert body.count("<!-- retrain-reasons-end -->") == 1
    for part in ("@ada", "https://evil", "<img", "#7", "www.evil", "@all", "\u202e", "[a]("):
        assert part not in body, part
    assert "| `'x' \\| <\u200bb>` | 1 |" in body


@pytest.mark.parametrize("count", [300, 25_000])
def test_a_body_has_room_for_its_reasons(small, started, github, count):
    about = [{"name": f"drift.{number}", "value": 1.0} for number in range(count // 30)]
    proof = json.dumps({"findings": about, "more": "x" * count})
    for number in range(12):
        started(reason=f"reason {number}", evidence=proof)
    [pull] = github.pulls
    assert len(pull["body"]) < 65_000
    told = pull["body"] + "".join(comment["body"] for comment in github.comments)
    assert all(f"reason {number}" in told for number in range(9))
    assert len(github.comments) == request_body.MOST, "a flood of reasons goes on"


def test_the_watched_commit_is_a_link_and_no_other_word_is():
    repository = "https://github.example/o/r"
    for commit, shown in (
        ("c" * 40, f"of [`{'c' * 12}`]({repository}/commit/{'c' * 40})."),
        (f"{'c' * 40})[x](//evil", f"of `{'c' * 12}`."),
        (7, "of `7`."),
    ):
        asked = Asked(("drift",), "one", {"model": {"commit": commit}})
        assert shown in request_body.section(asked, f"{repository}/actions/runs/5")
        assert f"{repository}/commit" not in request_body.section(asked)


def test_a_fork_s_branch_and_another_model_s_stop_nothing(small, started, github):
    github.propose("retrain/churn-2026-07-30")["head"]["repo"] = {"full_name": "eve/r"}
    github.propose("retrain/churn-fast-2026-07-30", BOT)
    started(reason="new prices")
    assert [each["head"]["ref"] for each in github.pulls][-1] == BRANCH


def test_comments_of_others_with_our_mark_silence_no_reason(small, started, github):
    started(reason="new prices")
    for number in range(request_body.MOST):
        github.add(f"<!-- retrain-reason:event-{number} -->", PERSON)
    started(reason="another")
    assert "**event** (ada): another" in github.comments[-1]["body"]


def test_a_person_s_pull_request_is_joined_by_a_comment(small, started, github):
    there = github.propose("retrain/churn-2026-07-30", PERSON, body="By hand.")
    started(reason="new prices")
    started(reason="new prices")
    assert len(github.pulls) == 1
    assert there["body"] == "By hand."
    [comment] = github.comments
    assert "new prices" in comment["body"]


def test_a_trigger_rests_after_a_pull_request_of_any_state(small, started, github, capsys):
    there = github.propose("retrain/churn-2026-07-30", BOT, created_at="2026-08-01T23:00:00Z")
    there["state"] = "closed"
    started(trigger="drift", reason="age has drifted", evidence=SHIFT)
    assert "rests     drift, until 2026-08-15: its last retraining was on 2026-08-01" in (
        capsys.readouterr().out
    )
    assert len(github.pulls) == 1
    there |= {"created_at": "2026-07-01T10:00:00Z", "closed_at": "2026-07-28T10:00:00Z"}
    started(trigger="drift", reason="age has drifted", evidence=SHIFT)
    assert "until 2026-08-11: its last retraining was on 2026-07-28" in capsys.readouterr().out
    there["closed_at"] = "2026-07-27T10:00:00Z"
    started(trigger="drift", reason="age has drifted", evidence=SHIFT)
    assert len(github.pulls) == 2


def test_a_person_s_reason_starts_no_rest_of_another_trigger(small, started, github):
    started(reason="nothing has drifted, <!-- retrain-reason:drift-0 -->")
    github.pulls[0] |= {"state": "closed", "closed_at": "2026-08-10T05:00:00Z"}
    small.rows("2026-08-08", 99)
    started(trigger="drift", reason="age has drifted", evidence=SHIFT)
    assert [each["head"]["ref"] for each in github.pulls] == [BRANCH, "retrain/churn-2026-08-08"]


def test_the_same_rows_are_not_judged_again_under_a_new_day(small, started, github, capsys):
    started(reason="new prices")
    github.pulls[0] |= {"state": "closed", "closed_at": "2026-08-10T05:00:00Z"}
    small.rows("2026-08-08", 60)  # as of July
    started(trigger="drift", reason="age has drifted", evidence=SHIFT)
    assert len(github.pulls) == 1
    assert "main's table, or of #41, which is closed" in capsys.readouterr().out
    github.pulls[0]["user"] = PERSON  # whose body is words
    started(trigger="drift", reason="age has drifted", evidence=SHIFT)
    assert len(github.pulls) == 2


def test_pull_requests_of_last_year_are_not_asked_for(small, started, github):
    for number in range(150):
        github.propose(f"change-{number}", created_at="2024-01-01T10:00:00Z")
    started(trigger="drift", reason="age has drifted", evidence=SHIFT)
    listed = [
        path for method, path, _ in github.seen if (method, path) == ("GET", "repos/o/r/pulls")
    ]
    assert len(listed) == 2 + 3 + 1 + 2  # open ones before and after in pages; this branch


def test_a_day_is_judged_once(small, started, github):
    github.propose(BRANCH, BOT)["state"] = "closed"
    with pytest.raises(MainlineError, match=r"has had its pull request: #41 is closed\. Reopen"):
        started(reason="once more")
    assert origin(small) == ""


def test_a_day_that_was_judged_is_no_error_of_a_trigger(small, started, github, capsys):
    there = github.propose(BRANCH, BOT, created_at="2026-08-03T05:00:00Z")
    there["state"] = "closed"
    started("schedule")
    assert f"retrain   {BRANCH} has had its pull request: #41 is closed." in capsys.readouterr().out
    assert (len(github.pulls), origin(small)) == (1, "")


def test_a_branch_that_was_left_behind_is_replaced_unless_it_is_the_same(small, job):
    main = small.git.known("main")
    retrain.run(small.root, reason="one")
    push(small.git, BRANCH, main)
    same = origin(small)
    small.git.run("branch", "-q", "-D", BRANCH)
    small.git.run("update-ref", "-d", f"refs/remotes/origin/{BRANCH}")
    retrain.run(small.root, reason="two", trigger="event")
    push(small.git, BRANCH, main)
    assert origin(small) == same
    small.git.run("push", "-q", "--force", "origin", f"main:refs/heads/{BRANCH}")
    push(small.git, BRANCH, main)
    assert origin(small) == small.git.resolve(BRANCH) != same


def test_a_branch_with_a_person_s_commit_is_not_replaced(small, started, github):
    git = small.git
    git.run(*IDENTITY, "commit", "-q", "--allow-empty", "-m", "Retrain")
    git.run("push", "-q", "origin", f"HEAD:refs/heads/{BRANCH}")
    git.run("commit", "-q", "--allow-empty", "-m", "A fix of mine")
    mine = git.known("HEAD")
    git.run("push", "-q", "origin", f"HEAD:refs/heads/{BRANCH}")
    git.run("reset", "-q", "--hard", "origin/main")
    with pytest.raises(MainlineError, match="with a commit that is not the bot's"):
        started(reason="new prices")
    assert (origin(small), github.pulls) == (mine, [])
    git.run("push", "-q", "--force", "origin", f"{mine}^:refs/heads/{BRANCH}")
    git.run("branch", "-q", "-D", BRANCH)
    started(reason="new prices")
    assert len(github.pulls) == 1


def test_an_app_s_push_starts_its_own_checks(started, github, monkeypatch):
    monkeypatch.setenv("PUSH_TOKEN", "the-app")
    started(reason="new prices")
    assert (len(github.pulls), github.dispatched) == (1, [])
