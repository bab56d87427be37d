"""A busy server is asked again within bounds; a no is one line that says what to do."""

import time

import pytest

from github_stub import Fault
from mainline.core.errors import MainlineError
from mainline.github.answers import GaveUp, Refused
from mainline.github.api import Api
from mainline.github.comments import Comments

SHA = "a" * 40
BUSY = [Fault(502), Fault(503), Fault(504)]


def test_busy_then_fine(github, api, waits):
    github.faults = list(BUSY)
    Comments(api, 7).upsert("text", SHA)
    assert waits == [1, 2, 4]
    assert len(github.comments) == 1


def test_retry_after_is_respected(github, api, waits):
    github.faults = [Fault(429, headers={"Retry-After": "17"})]
    Comments(api, 7).upsert("text", SHA)
    assert waits == [17]


def test_a_used_up_limit_is_waited_for(github, api, waits):
    reset = str(int(time.time()) + 30)
    headers = {"X-RateLimit-Remaining": "0", "x-ratelimit-reset": reset}
    github.faults = [Fault(403, message="API rate limit exceeded", headers=headers)]
    api.get("issues/7/comments")
    assert 25 < waits[0] <= 32


def test_patience_is_bounded_in_count(github, api, waits):
    github.faults = [Fault(502) for _ in range(50)]
    with pytest.raises(GaveUp, match=r"busy .502.*Gave up after 5 attempts"):
        Comments(api, 7).upsert("text", SHA)
    assert waits == [1, 2, 4, 8]


def test_patience_is_bounded_in_time(github, api, waits):
    github.faults = [Fault(429, headers={"Retry-After": "3600"})]
    with pytest.raises(GaveUp, match="Gave up after 1 attempt"):
        api.get("issues/7/comments")
    assert waits == []


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (401, "401, the token is wrong or has expired .Bad."),
        (403, "403, the token has no permission: a fork's token is read-only"),
        (404, "404, it does not exist, or the token has no permission"),
        (422, "422, GitHub does not accept this content; a comment has at most 65,536"),
        (301, "301, the repository was renamed"),
    ],
)
def test_a_no_is_final_and_plain(github, api, waits, status, line):
    github.faults = [Fault(status, "POST", message="Bad", headers={"Location": github.url})]
    with pytest.raises(Refused, match=line):
        Comments(api, 7).upsert("text", SHA)
    assert waits == []


def test_a_silent_server_is_a_line_and_not_a_wait_for_ever(github, waits):
    quick = Api(github.url, "o/r", "secret", timeout=0.1, sleep=waits.append)
    github.faults = [Fault(200, before=lambda: time.sleep(0.3)) for _ in range(9)]
    with pytest.raises(GaveUp, match="no answer from"):
        quick.get("issues/7/comments")


def test_nobody_there(waits):
    nobody = Api("http://127.0.0.1:9", "o/r", "secret", timeout=1, sleep=waits.append)
    with pytest.raises(GaveUp, match=r"no answer from http://127\.0\.0\.1:9"):
        nobody.get("issues/7/comments")


def test_the_token_is_in_no_message_and_travels_over_https_only():
    assert "secret" not in repr(Api("https://api.github.com", "o/r", "secret"))
    with pytest.raises(MainlineError, match="https only"):
        Api("http://github.example", "o/r", "secret")


def test_what_is_there_is_not_made_again(github, api):
    assert api.create("issues/7/comments", {"body": "b"}, lambda: {"id": 3}) == {"id": 3}
    assert github.seen == []


@pytest.mark.parametrize("done", [True, False])
def test_before_each_attempt_it_looks(github, api, waits, done):
    """Whether the POST whose answer was lost made it or not, one is there."""
    github.faults = [Fault(502, "POST", done_anyway=done), Fault(503, "POST", done_anyway=done)]
    body = {"body": "b"}
    api.create("issues/7/comments", body, lambda: next(api.pages("issues/7/comments"), None))
    assert [comment["body"] for comment in github.comments] == ["b"]
    assert waits == ([1] if done else [1, 2])


@pytest.mark.parametrize("missing", ["GITHUB_REPOSITORY", "GITHUB_TOKEN"])
def test_a_missing_variable_is_named(missing):
    values = {"GITHUB_REPOSITORY": "o/r", "GITHUB_TOKEN": "t"} | {missing: ""}
    with pytest.raises(MainlineError, match=f"{missing} is not set"):
        Api.from_environment(values)


def test_the_environment_decides():
    values = {"GITHUB_REPOSITORY": "o/r", "GITHUB_TOKEN": "t"}
    assert Api.from_environment(values).url == "https://api.github.com"
    url = "https://ghe.example/api/v3/"
    assert Api.from_environment(values | {"GITHUB_API_URL": url}).url == url[:-1]


@pytest.mark.parametrize("answer", [None, {}, {"message": "hello"}, 3])
@pytest.mark.parametrize("key", [None, "statuses"])
def test_what_is_no_list_is_not_taken_for_an_empty_one(api, github, monkeypatch, answer, key):
    monkeypatch.setattr(github, "answer", lambda *_: (200, answer))
    with pytest.raises(Refused, match="is not a list"):
        list(api.pages("things", key))
