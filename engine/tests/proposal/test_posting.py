"""GitHub's no to a comment, and comments that would be too long for it."""

import pytest

from github_stub import Fault
from mainline.core.errors import MainlineError, StageFailedError
from mainline.github.comments import LIMIT
from mainline.proposal import propose, words


@pytest.fixture
def documents(remoted, untrained, monkeypatch):
    (remoted.root / "README.md").write_text("More words.\n")
    remoted.commit("Words")
    monkeypatch.setattr("mainline.github.api.time.sleep", lambda _: None)
    return remoted


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "the token is wrong or has expired"),
        (403, "a fork's token is read-only, and the job needs `pull-requests: write`"),
        (422, "GitHub does not accept this content; a comment has at most 65,536 characters"),
    ],
)
def test_a_no_is_an_error_that_says_what_to_do(documents, github, status, said):
    github.faults = [Fault(status, "POST", message="Reason")]
    with pytest.raises(MainlineError, match=r"(?s)comment was not posted.*Reason") as error:
        propose.run(documents.root, against=None, post=True, push=True)
    assert said in str(error.value)
    assert "secret-token" not in str(error.value)


def test_a_busy_server_is_asked_again_and_there_is_one_comment(documents, github, comment):
    github.faults = [Fault(502, "POST"), Fault(502, "GET"), Fault(502, "POST", done_anyway=True)]
    assert propose.run(documents.root, against=None, post=True, push=True)
    assert "No model is touched" in comment()


LONG = "<@ada> `x` " * 20_000


@pytest.mark.parametrize(
    "text",
    [
        words.stopped(StageFailedError("", stage="train", lines=[LONG])),
        words.stopped(StageFailedError("", stage="train", lines=["```" * 20_000])),
        words.refused(LONG),
        words.refused("a\n" * 60_000),
        words.unkept(LONG, "## ✅ open"),
        words.with_notes("## open\n<details>\n```\n" + "figure\n" * 20_000, ["note"]),
    ],
    ids=["stage", "fences", "reason", "lines", "storing", "report"],
)
def test_no_comment_is_too_long(api, github, text):
    from mainline.github.poster import post  # noqa: PLC0415

    assert len(text) < LIMIT - 300
    post(api, 7, "a" * 40, text, {"PATH": ""})
    assert len(github.comments) == 1


def test_what_is_cut_is_closed():
    report = "## open\n<details>\n\n```\n" + "figure\n" * 20_000
    text = words.with_notes(report, ["note"])
    assert text.endswith("```\n</details>\n\n_The rest was cut to fit the comment._\n")
