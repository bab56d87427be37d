"""A promotion that a person starts: with evidence, or with a reason."""

import pytest
from promotions import PRODUCTION, made

from mainline.core.errors import MainlineError
from mainline.delivery.evidence import NAME, Check
from mainline.serving.identity import EMBEDDED


def test_by_hand_with_what_smoke_wrote(pushed, dispatched, github):
    pushed.deploy(1)
    dispatched(inputs={"evidence": pushed.evidence(1).render(), "reason": ""})
    assert "| scores over gRPC | ✅ |" in github.pulls[0]["body"]
    assert "given by argo-bot" in github.pulls[0]["body"]


def test_by_hand_with_bad_evidence_a_reason_does_not_help(pushed, dispatched, github):
    pushed.deploy(1)
    failed = pushed.evidence(1, checks=[Check("latency", False, "9 s", "1 s")])
    with pytest.raises(MainlineError, match="failed: latency"):
        dispatched(inputs={"evidence": failed.render(), "reason": "I am sure"})
    assert github.pulls == []


def test_by_hand_with_evidence_of_the_embedded_server_and_a_reason(pushed, dispatched, github):
    pushed.deploy(1)
    given = pushed.evidence(1, server=EMBEDDED).render()
    with pytest.raises(MainlineError, match="with this server: embedded server"):
        dispatched(inputs={"evidence": given})
    dispatched(inputs={"evidence": given, "reason": "no cluster yet"})
    for part in (
        "**Promoted because:** no cluster yet (argo-bot)",
        "embedded server",
        "Ada, given by",
    ):
        assert part in github.pulls[0]["body"]


def test_by_hand_with_a_reason_which_stays_in_git_with_its_author(pushed, dispatched, github):
    pushed.deploy(1)
    dispatched(inputs={"reason": "staging is down, incident 7 @everyone"})
    assert "**No smoke test was made.**" in github.pulls[0]["body"]
    assert "@everyone" not in github.pulls[0]["body"]
    assert "(argo-bot)" in made(pushed, 1, PRODUCTION.with_name(NAME))


@pytest.mark.parametrize("inputs", [{}, {"evidence": "", "reason": " "}])
def test_by_hand_with_nothing_is_refused(pushed, dispatched, inputs):
    pushed.deploy(1)
    with pytest.raises(MainlineError, match="needs evidence that the release works"):
        dispatched(inputs=inputs)
