"""Who approved a deployment: the forge's word beside git's, and never in its way."""

import pytest

from github_stub import Fault
from mainline.delivery import approvals, history
from mainline.delivery.approvals import origin_of


@pytest.fixture
def configured(github, monkeypatch):
    """The stub is this repository's forge."""
    monkeypatch.setenv("GITHUB_API_URL", github.url)
    monkeypatch.setenv("GITHUB_REPOSITORY", "o/r")
    monkeypatch.setenv("GITHUB_TOKEN", "secret-token")
    return github


def told(story, capsys) -> list[str]:
    """What `history staging` says, without its heading; newest first."""
    history.run(story.root, "staging")
    return capsys.readouterr().out.splitlines()[1:]


REVIEWS = {
    "two approved": ([("cy", "APPROVED"), ("ben", "APPROVED")], "approved by ben, cy"),
    "nobody": ([], "no approval"),
    "a comment is no approval": ([("ben", "COMMENTED")], "no approval"),
    "a comment takes none back": ([("ben", "APPROVED"), ("ben", "COMMENTED")], "approved by ben"),
    "changed their mind": ([("ben", "APPROVED"), ("ben", "CHANGES_REQUESTED")], "no approval"),
    "convinced": ([("ben", "CHANGES_REQUESTED"), ("ben", "APPROVED")], "approved by ben"),
    "dismissed": (
        [("ben", "APPROVED"), ("ben", "DISMISSED"), ("cy", "APPROVED")],
        "approved by cy",
    ),
    "an account that is gone": ([("", "APPROVED")], "approved by ghost"),
    "more than a page": ([("ben", "COMMENTED")] * 100 + [("cy", "APPROVED")], "approved by cy"),
}


@pytest.mark.parametrize("case", REVIEWS)
def test_the_last_word_of_each_reviewer_counts(story, configured, capsys, case):
    reviews, words = REVIEWS[case]
    story.commit("Code")
    configured.merge(story.merge(1, "Merge pull request #12 from ada/change"), 12, *reviews)
    [line] = told(story, capsys)
    assert line.endswith(f"from ada/change (Ada)  {words}")


def test_a_pull_request_that_the_subject_does_not_name_is_found(story, configured, capsys):
    configured.merge(story.deploy(1, "Squashed"), 7, ("ben", "APPROVED"))
    assert told(story, capsys)[0].endswith("Squashed (Ada)  #7 approved by ben")


def test_the_forge_s_word_counts_and_not_the_subject_s(story, configured, capsys):
    """A push past all rules may be called like somebody's approved change."""
    configured.merge("0" * 40, 13, ("ben", "APPROVED"))
    configured.merged[story.deploy(1, "Sneaked in (#13)")] = []
    assert told(story, capsys)[0].endswith("Sneaked in (#13) (Ada)  no pull request")


def test_a_pull_request_to_another_branch_approved_nothing_here(story, configured, capsys):
    configured.merge(story.deploy(1), 9, ("ben", "APPROVED"), base="stable")
    assert told(story, capsys)[0].endswith("no pull request")


def test_one_that_was_closed_approved_nothing(story, configured, capsys):
    commit = story.deploy(1)
    configured.merge(commit, 9, ("ben", "APPROVED"))
    configured.merged[commit][0]["merged_at"] = None
    assert told(story, capsys)[0].endswith("no pull request")


def test_a_commit_that_the_forge_does_not_have_came_by_none(story, configured, capsys):
    story.deploy(1)
    assert told(story, capsys)[0].endswith("no pull request")


def test_without_a_token_nothing_changes_but_a_line_says_how(story, github, capsys):
    story.deploy(1)
    line, how = told(story, capsys)
    assert line.endswith("Model 1 (Ada)")
    assert "GITHUB_TOKEN=$(gh auth token) GITHUB_REPOSITORY=owner/name " in how
    assert github.seen == []


def test_the_repository_is_that_of_origin(story, configured, capsys, monkeypatch):
    monkeypatch.delenv("GITHUB_REPOSITORY")
    story.git.run("remote", "add", "origin", "https://github.com/o/r.git")
    configured.merge(story.deploy(1), 7, ("ben", "APPROVED"))
    assert told(story, capsys)[0].endswith("#7 approved by ben")
    assert configured.seen[0][1].startswith("repos/o/r/commits/")
    monkeypatch.delenv("GITHUB_TOKEN")
    assert told(story, capsys)[-1].endswith("GITHUB_TOKEN=$(gh auth token) mainline history")


@pytest.mark.parametrize(
    ("address", "repository"),
    [
        ("https://github.com/o/r.git", "o/r"),
        ("https://github.com/o/r.s/", "o/r.s"),
        ("https://ada:token@github.com/o/r", "o/r"),
        ("git@github.com:o/r.git", "o/r"),
        ("ssh://git@github.com/o/r.git", "o/r"),
        ("https://gitlab.com/o/r.git", ""),
        ("https://github.com.evil.example/o/r", ""),
        ("https://evil.example/github.com/o/r", ""),
        ("https://github.com/o/r/more", ""),
        ("../r", ""),
    ],
)
def test_only_an_address_on_github_names_a_repository(story, address, repository):
    story.git.run("remote", "add", "origin", address)
    assert origin_of(story.git) == repository


FAULTS = {
    "busy": (Fault(503), "GitHub is busy"),
    "a wrong token": (Fault(401, message="Bad credentials"), "the token is wrong or has expired"),
    "too many questions": (
        Fault(403, message="API rate limit exceeded", headers={"Retry-After": "3600"}),
        "rate limit exceeded",
    ),
    "not to be seen": (Fault(404), "the token has no permission to read it"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_forge_that_says_no_is_asked_no_more_and_history_goes_on(story, configured, capsys, case):
    fault, why = FAULTS[case]
    for number in (1, 2, 3):
        configured.merge(story.deploy(number), number, ("ben", "APPROVED"))
    configured.faults.append(fault)
    *lines, note = told(story, capsys)
    assert [line[-12:] for line in lines] == ["odel 3 (Ada)", "odel 2 (Ada)", "odel 1 (Ada)"]
    assert note.startswith("no more approvals are shown: GET commits/")
    assert why in note
    assert len(configured.seen) == 1


def test_what_was_learnt_before_it_fell_silent_is_shown(story, configured, capsys):
    for number in (1, 2):
        configured.merge(story.deploy(number), number, ("ben", "APPROVED"))
    del configured.reviews[1]  # the stub breaks off
    newest, oldest, note = told(story, capsys)
    assert newest.endswith("approved by ben")
    assert oldest.endswith("Model 1 (Ada)")
    assert note.startswith("no more approvals are shown: GET pulls/1/reviews: no answer")


def test_nobody_there(story, configured, capsys, monkeypatch):
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:9")
    story.deploy(1)
    line, note = told(story, capsys)
    assert line.endswith("(Ada)")
    assert "no answer from http://127.0.0.1:9" in note


@pytest.mark.parametrize("answer", [None, {}, ["x"], [{}], [{"merged_at": 1, "base": None}], 3])
def test_an_answer_that_is_none_is_said(story, configured, capsys, monkeypatch, answer):
    monkeypatch.setattr(configured, "answer", lambda *_: (200, answer))
    story.deploy(1)
    line, note = told(story, capsys)
    assert line.endswith("(Ada)")
    assert "unexpected answer of GitHub" in note or "is not a list" in note


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("GITHUB_API_URL", "http://github.example", "a token is sent over https only"),
        ("GITHUB_REPOSITORY", "r", "expected owner/name"),
    ],
)
def test_settings_that_are_wrong_are_said(story, configured, capsys, monkeypatch, name, value, why):
    monkeypatch.setenv(name, value)
    story.deploy(1)
    line, note = told(story, capsys)
    assert line.endswith("(Ada)")
    assert note.startswith("no approvals are shown: ")
    assert why in note


def test_the_number_of_questions_has_a_bound(story, configured, capsys, monkeypatch):
    monkeypatch.setattr(approvals, "LIMIT", 2)
    for number in (1, 2, 3):
        configured.merge(story.deploy(number), number, ("ben", "APPROVED"))
    *lines, note = told(story, capsys)
    assert [line.endswith("approved by ben") for line in lines] == [True, True, False]
    assert note == "approvals of the newest 2 changes are shown."
    assert len(configured.seen) == 4
