"""Pull requests that a workflow opens: one a branch; what a person opened is theirs to close."""

import pytest

from github_stub import BOT, PERSON, Fault
from mainline.core.errors import MainlineError
from mainline.github.answers import Refused
from mainline.github.pulls import Pulls


def test_it_is_opened_to_main(github, api):
    made = Pulls(api).make("promote-1", "Promote", "Because")
    assert Pulls(api).open("promote-1") == made
    [pull] = github.pulls
    assert (pull["base"]["ref"], pull["title"], pull["body"]) == ("main", "Promote", "Because")


def test_one_that_is_open_is_found_and_another_branch_s_is_not(github, api):
    there = github.propose("promote-1")
    assert Pulls(api).make("promote-1", "", "")["number"] == there["number"]
    assert Pulls(api).open("promote-2") is None


def test_one_that_is_open_gets_the_newer_words(github, api):
    Pulls(api).make("set-image", "Run 1", "one")
    Pulls(api).make("set-image", "Run 2", "two")
    [pull] = github.pulls
    assert (pull["title"], pull["body"]) == ("Run 2", "two")
    github.seen.clear()
    Pulls(api).make("set-image", "Run 2", "two")
    assert github.methods() == ["GET"]


def test_a_lost_answer_closes_it_with_one_comment(github, api):
    github.propose("promote-1", BOT, base="main")
    github.faults = [Fault(502, "POST", done_anyway=True)]
    Pulls(api).close("promote-", "#9 is newer")
    assert len(github.comments) == 1
    assert github.pulls[0]["state"] == "closed"


def test_a_lost_answer_opens_no_second_one(github, api):
    github.faults = [Fault(502, "POST", done_anyway=True)]
    assert Pulls(api).make("promote-1", "", "")["number"] == 41
    assert len(github.pulls) == 1


def test_a_repository_where_actions_may_open_none_is_told_the_way(github, api):
    github.faults = [Fault(403, "POST", "GitHub Actions is not permitted to create pull requests")]
    with pytest.raises(MainlineError, match="Allow GitHub Actions to create") as refused:
        Pulls(api).make("promote-1", "", "")
    assert "gh pr create --head promote-1" in str(refused.value)


def test_another_refusal_stays_what_it_is(github, api):
    github.faults = [Fault(422, "POST", "No commits between main and promote-1")]
    with pytest.raises(Refused, match="No commits between"):
        Pulls(api).make("promote-1", "", "")


def test_only_the_bot_s_own_older_ones_are_closed(github, api):
    older = github.propose("promote-1", BOT, base="main")
    person = github.propose("promote-2", PERSON, base="main")
    other = github.propose("another-seed", BOT, base="main")
    fork = github.propose("promote-3", BOT, base="main")
    fork["head"] = {"ref": "promote-3", "repo": None}
    newest = github.propose("promote-4", BOT, base="main")
    keep = newest["number"]
    assert Pulls(api).close("promote-", f"#{keep} is newer", keep=keep) == [older["number"]]
    assert older["state"] == "closed"
    assert {p["state"] for p in (person, other, fork, newest)} == {"open"}
    [comment] = github.comments
    assert comment["body"] == f"#{keep} is newer, so this one is closed."


def test_one_that_another_opened_meanwhile_keeps_its_words(github, api):
    there = []
    github.faults = [
        Fault(422, "POST", before=lambda: there.append(github.propose("b", body="first")))
    ]
    assert Pulls(api).opened("b", "Title", "second") == (there[0], False)
    assert there[0]["body"] == "first"
    assert Pulls(api).opened("b", "Title", "third") == (there[0], False)


def test_one_whose_answer_was_lost_is_this_call_s(github, api):
    github.faults = [Fault(502, "POST", done_anyway=True)]
    pull, made = Pulls(api).opened("b", "Title", "Body")
    assert (pull["body"], made, len(github.pulls)) == ("Body", True, 1)


def test_github_takes_one_of_a_branch(github, api):
    github.propose("b")
    with pytest.raises(Refused, match="A pull request already exists for o:b"):
        api.post("pulls", {"title": "", "body": "", "head": "b", "base": "main"})
