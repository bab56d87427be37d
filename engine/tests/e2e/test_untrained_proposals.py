"""Pull requests that nothing is trained for: documents, and all that comes from a fork."""

import re

import pytest

from hub import FORK, JUDGED, Hub

pytestmark = pytest.mark.e2e

GREEN = JUDGED | dict.fromkeys(("make", "scope"), "success")
FORKED = {name: end for name, end in GREEN.items() if name != "scope"}


def propose_words(hub: Hub, branch: str, **where: str) -> str:
    path = hub.start(branch).root / "README.md"
    path.write_text("More words.\n")
    return hub.push("Words", **where)


def test_documents_are_green_without_training_and_wait_for_no_gpu(hub):
    head = propose_words(hub, "words")
    done = hub.propose("words", GPU_RUNNER='"a-label-that-no-machine-here-has"')
    assert done.jobs == GREEN, done.log
    assert done.stages == []
    assert "No model is touched" in hub.comment()
    assert hub.verdict(head) == "success"
    assert hub.tip("words") == head
    assert hub.github.refused == []


def test_a_red_check_is_a_red_verdict_that_names_it(hub):
    head = propose_words(hub, "red")
    done = hub.propose("red", CI="red")
    assert done.jobs["make"] == "failure", done.log
    assert hub.verdict(head) == "failure"
    assert "ci / lint" in done.log


def test_a_bot_that_updates_an_action_is_told_whose_files_these_are(hub):
    """As Renovate and Dependabot do; its run has the same token that reads, and no secret."""
    path = hub.start("renovate/actions").root / ".github/workflows/images.yml"
    text = path.read_text()
    updated = re.sub(r"(actions/checkout@)[0-9a-f]{40} # v\S+", rf"\g<1>{'5' * 40} # v9.9.9", text)
    assert updated != text
    path.write_text(updated)
    head = hub.push("Update actions/checkout to v9.9.9")
    done = hub.propose("renovate/actions")
    assert done.jobs == GREEN, done.log
    assert done.stages == []
    assert ".github/workflows/images.yml" in hub.comment().replace("\\", "")
    assert hub.verdict(head) == "success"
    assert hub.holding(hub.secret) == []


def test_a_fork_may_change_words_and_writes_nothing(hub):
    head = propose_words(hub, "words-from-outside", repository=FORK)
    done = hub.propose("words-from-outside", FORK)
    assert done.jobs == FORKED, done.log
    assert done.stages == []
    assert hub.verdict(head) == "success"
    assert hub.tip("words-from-outside", FORK) == head


def test_a_fork_that_touches_a_model_is_red_and_not_trained(hub):
    hub.start("seed-from-outside").set(**{"train.seed": 9})
    head = hub.push("Another seed", repository=FORK)
    done = hub.propose("seed-from-outside", FORK)
    assert done.jobs == FORKED, done.log
    assert done.stages == []
    assert "touches a model (params.yaml)" in done.log
    assert hub.verdict(head) == "failure"


def test_what_a_job_s_own_token_opened_is_started_by_number(hub):
    head = propose_words(hub, "opened-by-a-job")
    number = int(hub.pull("opened-by-a-job")["number"])
    trained = hub.start_by_hand("opened-by-a-job", number)
    assert trained.jobs["start-judge"] == "success", trained.log
    told = {"ref": "main", "inputs": {"number": str(number)}}
    assert hub.github.dispatched == [("judge.yml", told)]
    about = {"event": "workflow_dispatch", "status": "in_progress", "conclusion": None}
    run = hub.report(trained, "opened-by-a-job", **about)
    for job in hub.github.jobs[run["id"]]:
        if job["name"] == "start-judge":  # it has just called, and is not over
            job.update(status="in_progress", conclusion=None)
    done = hub.judge_by_number(number)
    assert done.jobs == JUDGED, done.log
    assert hub.verdict(head) == "success"
