"""Foreign text of any length ends in a comment that GitHub accepts."""

import pytest

from mainline.core.errors import StageFailedError
from mainline.github.comments import LIMIT
from mainline.github.poster import post
from mainline.proposal import words

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
    assert len(text) < LIMIT - 300
    post(api, 7, "a" * 40, text, {"PATH": ""})
    assert len(github.comments) == 1


def test_what_is_cut_is_closed():
    report = "## open\n<details>\n\n```\n" + "figure\n" * 20_000
    text = words.with_notes(report, ["note"])
    assert text.endswith("```\n</details>\n\n_The rest was cut to fit the comment._\n")
