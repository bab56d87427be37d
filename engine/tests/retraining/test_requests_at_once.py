"""Retrainings at the same time: one opens the pull request, and no reason is lost."""

import subprocess
import threading

import pytest
from newer import BRANCH, JULY, origin

from github_stub import BOT
from mainline.git import Git
from mainline.github.api import Api
from mainline.retraining import request_body, retrain
from mainline.retraining.asked import Asked
from mainline.retraining.newer_rows import Rows
from mainline.retraining.open_requests import Requests


@pytest.mark.parametrize("count", [2, 3])
def test_triggers_at_once(small, job, github, monkeypatch, count):
    """All look before any has opened one: git takes one push, GitHub one pull request."""
    at = str(small.root.with_name("origin.git"))
    roots = [small.root, *(small.root.with_name(f"other-{each}") for each in range(1, count))]
    for other in roots[1:]:
        subprocess.run(["git", "clone", "-q", str(small.root), str(other)], check=True)
        Git(other).run("remote", "set-url", "origin", at)
    main, together, ended = small.main(), threading.Barrier(count), []
    looked = Requests.open

    def looks(self):
        found = looked(self)
        if not github.pulls and len(ended) < count:
            ended.append("looked")
            together.wait(10)
        return found

    monkeypatch.setattr(Requests, "open", looks)

    def ask(root, reason):
        try:
            requests = Requests(Api.from_environment(), "churn", retrain._today())
            found = Asked(("event",), reason, {})
            awake = retrain._awake(Git(root), main, requests, found, retrain._today())
            rows = Rows(retrain.date.fromisoformat(JULY), 60, 20)
            retrain._made(Git(root), main, requests, awake, rows)
        except Exception as error:  # shown by the assertion
            ended.append(repr(error))

    asks = [
        threading.Thread(target=ask, args=(root, f"reason {number}"))
        for number, root in enumerate(roots)
    ]
    for each in asks:
        each.start()
    for each in asks:
        each.join(30)
    assert ended == ["looked"] * count
    [pull] = github.pulls
    told = [pull["body"], *(comment["body"] for comment in github.comments)]
    assert all(any(f"reason {number}" in it for it in told) for number in range(count))
    assert len(github.comments) == count - 1
    assert len(github.dispatched) == 1
    assert origin(small)


def test_two_of_different_days_at_once_leave_the_first(small, started, github, monkeypatch):
    first, made = {}, Requests.propose

    def propose(self, *arguments):
        first.update(github.propose("retrain/churn-2026-07-30", BOT, body=body()))
        made(self, *arguments)

    def body():
        rows = Rows(retrain.date(2026, 7, 30), 50, 10)
        return request_body.body(small.main(), rows, Asked(("drift",), "one", {}))

    monkeypatch.setattr(Requests, "propose", propose)
    started(reason="another")
    states = {each["head"]["ref"]: each["state"] for each in github.pulls}
    assert states == {"retrain/churn-2026-07-30": "open", BRANCH: "closed"}
    assert "**event** (ada): another" in github.pulls[0]["body"]
    assert github.dispatched == []
