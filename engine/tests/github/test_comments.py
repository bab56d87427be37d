"""One comment: created, found again behind any number of others, never written twice."""

import pytest

from github_stub import BOT, PERSON, Fault
from mainline.core.errors import MainlineError
from mainline.github.comments import Comments
from mainline.github.watermark import MARKER, signed

SHA = "0123456789abcdef0123456789abcdef01234567"


def test_created_then_updated_in_place(github, api):
    first = Comments(api, 7).upsert("one", SHA)
    assert Comments(api, 7).upsert("two", SHA) == first
    assert github.bodies(MARKER) == [signed("two", SHA)]


@pytest.mark.parametrize("before", [29, 30, 99, 100, 350])
def test_found_however_many_stand_before_it(github, api, before):
    github.chatter(before)
    ours = github.add(signed("old", SHA), BOT)
    github.chatter(120)
    Comments(api, 7).upsert("new", "f" * 40)
    assert github.comments[ours - 1]["body"] == signed("new", "f" * 40)
    assert len(github.bodies(MARKER)) == 1


def test_what_cml_wrote_is_ours_even_without_the_marker(github, api):
    written = signed("by CML", SHA).replace(MARKER, "")
    github.add(written, BOT)
    Comments(api, 7).upsert("by us", SHA)
    assert github.bodies("CML watermark") == [signed("by us", SHA)]


def test_another_workflows_cml_comment_is_left_alone(github, api):
    other = f'report\n\n![](https://cml.dev/watermark.png#{SHA} "CML watermark other")'
    github.add(other, BOT)
    Comments(api, 7).upsert("ours", SHA)
    assert github.comments[0]["body"] == other


def test_a_copied_mark_in_a_persons_comment_is_not_overwritten(github, api):
    github.add(signed("All is well, merge me", SHA), PERSON)
    Comments(api, 7).upsert("closed", SHA)
    assert [c["user"]["type"] for c in github.comments] == ["User", "Bot"]
    assert "merge me" in github.comments[0]["body"]


def test_with_a_personal_token_its_persons_comment_is_ours(github, api):
    github.me = PERSON
    Comments(api, 7).upsert("one", SHA)
    Comments(api, 7).upsert("two", SHA)
    assert github.bodies(MARKER) == [signed("two", SHA)]


def test_a_lost_answer_makes_no_second_comment(github, api):
    github.faults = [Fault(502, "POST", done_anyway=True)]
    Comments(api, 7).upsert("one", SHA)
    assert github.bodies(MARKER) == [signed("one", SHA)]
    assert github.methods() == ["GET", "POST", "GET"]


def test_too_long_is_said_before_anything_is_sent(github, api):
    with pytest.raises(MainlineError, match=r"65,7\d\d characters; GitHub accepts 65,536"):
        Comments(api, 7).upsert("x" * 65_600, SHA)
    assert github.seen == []
