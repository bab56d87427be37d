"""A pull request is trained, judged and kept: propose.yml and judge.yml as they are here.

Real: the workflows' conditions, expressions, outputs and shell lines (act, in host mode), `make`,
our commands, DVC with a remote in a directory, git over HTTP with a token, artifacts as zip files,
the models. Not real: GitHub's API (tests/github_stub.py), the actions (tests/stand_ins.py), `uv`,
which installs nothing, ci.yml and engine.yml, the rights of each job's token (a proposal's run has
one that may not write), the roles of the DVC remote, and the size of the models.
"""

import json
from dataclasses import dataclass

import pytest

from act import Done
from hub import JUDGED, OURS, Hub
from local_registry import crane
from mainline.core.layout import Layout
from mainline.release.release_file import Release
from project import POOR

TRAINED = ["train", "evaluate", "package", "release"]
GREEN = JUDGED | dict.fromkeys(("make", "scope", "train"), "success")
OPEN = "## ✅ The gate is open"

pytestmark = pytest.mark.e2e


@dataclass(frozen=True)
class Proposed:
    """A pull request after its first run, and what that wrote."""

    head: str
    done: Done
    wrote: list[str]
    comment: dict
    statuses: list[dict]
    branch: str = "another-seed"


@pytest.fixture(scope="module")
def proposed(hub: Hub) -> Proposed:
    hub.start(Proposed.branch).set(**{"train.seed": 6})
    head = hub.push("Another seed")
    done = hub.propose(Proposed.branch)
    [comment] = hub.github.comments
    return Proposed(head, done, hub.wrote(), dict(comment), list(hub.github.statuses))


def test_a_first_push_is_trained_judged_told_and_committed(hub, proposed):
    done, made = proposed.done, hub.tip(proposed.branch)
    assert done.jobs == GREEN, done.log
    assert done.stages == TRAINED
    assert hub.project.git("rev-parse", f"{made}^").strip() == proposed.head
    assert "Trained-on: " in hub.project.git("log", "-1", "--format=%(trailers)", made)
    assert hub.git.refused == hub.github.refused == hub.github.leaked == []
    text = hub.project.git("show", f"{made}:{Layout.release}")
    image = Release.parse(text, name=str(Layout.release)).image
    assert f"image     {image} pushed" in done.log
    assert crane("manifest", image)
    assert OPEN in proposed.comment["body"]
    said = {(it["sha"], it["context"], it["state"]) for it in proposed.statuses}
    assert said == {(it, "verdict", "success") for it in (proposed.head, made)}
    about = [f"POST repos/o/r/statuses/{it}" for it in (proposed.head, made)]
    assert sorted(set(proposed.wrote)) == sorted(["POST repos/o/r/issues/7/comments", *about])


def test_the_bots_commit_is_told_in_the_same_comment_and_nothing_is_made(hub, proposed):
    hub.reset(comments=[proposed.comment])
    before = hub.tip(proposed.branch)
    done = hub.propose(proposed.branch)
    print(f"{done.seconds:.0f} s instead of {proposed.done.seconds:.0f} s")
    assert done.jobs == GREEN, done.log
    assert done.stages == []
    assert hub.tip(proposed.branch) == before
    assert set(hub.wrote()) == {
        "PATCH repos/o/r/issues/comments/1",
        f"POST repos/o/r/statuses/{before}",
    }
    assert hub.verdict(before) == "success"
    assert OPEN in hub.comment()


def test_the_merge_queue_gets_a_verdict_on_what_was_trained_and_no_comment(hub, proposed):
    hub.reset()
    before = [hub.tip("main"), hub.tip(proposed.branch)]
    done = hub.queue(proposed.branch)
    assert done.jobs == GREEN, done.log
    assert done.stages == []
    assert OPEN in done.log
    merged = hub.github.runs[-1]["head_sha"]
    assert set(hub.wrote()) == {f"POST repos/o/r/statuses/{merged}"}
    assert hub.verdict(merged) == "success"
    assert [hub.tip("main"), hub.tip(proposed.branch)] == before


def test_a_worse_model_is_red_with_its_reason(hub):
    hub.start("worse").set(**POOR)
    head = hub.push("Hardly trained")
    done = hub.propose("worse")
    assert done.jobs == GREEN, done.log
    assert done.stages == TRAINED
    assert "The gate is closed" in hub.comment()
    assert "may be worse by" in hub.comment()
    made = hub.tip("worse")
    assert hub.project.git("rev-parse", f"{made}^").strip() == head
    assert [hub.verdict(it) for it in (head, made)] == ["failure"] * 2


def test_a_retrain_that_is_as_good_is_red(hub):
    """By the name of its branch: the proposal of the same seed above is open."""
    hub.start("retrain/another-seed").set(**{"train.seed": 6})
    head = hub.push("Another seed")
    done = hub.propose("retrain/another-seed")
    assert done.jobs == GREEN, done.log
    assert hub.verdict(head) == "failure"
    assert "The gate is closed: champion" in hub.comment()
    assert "a retrain must be better" in hub.comment()


def test_forged_figures_with_a_lock_that_vouches_for_them_are_red(hub):
    project = hub.start("forged")
    path = Layout(project.root).figures
    figures = json.loads(path.read_text())
    figures["model"]["roc_auc"]["value"] = 0.97
    path.write_text(json.dumps(figures))
    project.dvc("commit", "--force", "--quiet")
    head = hub.push("Better figures")
    done = hub.propose("forged")
    assert done.jobs == GREEN, done.log
    assert done.stages == []  # DVC believes the lock
    assert "committed as 0.97" in hub.comment()
    assert hub.verdict(head) == "failure"
    assert hub.tip("forged") == head


def test_a_stage_that_fails_is_named_with_its_last_lines_and_a_local_command(hub):
    hub.start("strict").set(**{"validation.min_rows": 10_000_000})
    head = hub.push("Too strict")
    done = hub.propose("strict")
    assert done.jobs == GREEN | {"train": "failure"}, done.log
    assert done.stages == ["validate"]
    for part in ("stage `validate` failed", "at least 10,000,000", "dvc repro validate"):
        assert part in hub.comment()
    assert hub.verdict(head) == "failure"
    assert hub.tip("strict") == head


def test_what_a_person_trained_and_pushed_is_judged_and_not_trained_again(hub):
    project = hub.start("at-home")
    project.retrain(**{"train.seed": 42})
    project.dvc("push", "--quiet")
    head = hub.push("Trained at home")
    done = hub.propose("at-home")
    assert done.jobs == GREEN, done.log
    assert done.stages == []
    assert OPEN in hub.comment()
    assert hub.verdict(head) == "success"
    assert hub.tip("at-home") == head


def test_a_revert_brings_back_a_released_model_without_training(hub, proposed):
    before, landed = hub.tip("main"), hub.land(proposed.branch)
    try:
        hub.reset()
        hub.project.git("switch", "-q", "--force", "-C", "back", landed)
        hub.project.git("revert", "--no-edit", "-m", "1", landed)
        head = hub.push("Back to the model before")
        done = hub.propose("back")
        assert done.jobs == GREEN, done.log
        assert done.stages == []
        assert "rollback" in hub.comment()
        assert hub.verdict(head) == "success"
        assert hub.tip("back") == head
    finally:
        hub.project.git("push", "-q", "--force", str(hub.origins / OURS), f"{before}:main")
