"""Pull requests that nothing is trained for: documents, and all that comes from a fork."""

import pytest

from hub import FORK, Hub

pytestmark = pytest.mark.e2e


def propose_words(hub: Hub, branch: str, **where: str) -> str:
    path = hub.start(branch).root / "README.md"
    path.write_text("More words.\n")
    return hub.push("Words", **where)


def test_documents_are_green_without_training_and_wait_for_no_gpu(hub):
    head = propose_words(hub, "words")
    done = hub.propose("words", GPU_RUNNER='"a-label-that-no-machine-here-has"')
    assert done.jobs == {"scope": "success", "proposal": "success"}, done.log
    assert done.stages == []
    assert "No model is touched" in hub.comment()
    assert hub.wrote() == ["POST repos/o/r/issues/7/comments"]
    assert hub.tip("words") == head


def test_a_fork_may_change_words_and_writes_nothing(hub):
    head = propose_words(hub, "words-from-outside", repository=FORK)
    done = hub.propose("words-from-outside", FORK)
    assert done.jobs == {"fork": "success", "proposal": "success"}, done.log
    assert done.stages == []
    assert hub.github.seen == []
    assert hub.tip("words-from-outside", FORK) == head


def test_a_fork_that_touches_a_model_is_red_and_not_trained(hub):
    hub.start("seed-from-outside").set(**{"train.seed": 9})
    hub.push("Another seed", repository=FORK)
    done = hub.propose("seed-from-outside", FORK)
    assert done.jobs == {"fork": "failure", "proposal": "failure"}, done.log
    assert done.stages == []
    assert "touches a model (params.yaml)" in done.log
    assert hub.github.seen == []
