"""retrain.yml as it is here: a reason becomes a pull request, is trained, judged, and closed."""

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from hub import JUDGED, OURS, Hub

pytestmark = pytest.mark.e2e
REASON = 'prices changed; $(touch /tmp/x) "`id`" @everyone'


@pytest.fixture(scope="module")
def newer(hub: Hub) -> str:
    """The source gets a file of yesterday, with the rows of July. Returns that day."""
    day = str((datetime.now(UTC) - timedelta(days=1)).date())
    hub.reset()
    hub._at_main()
    root = hub.project.root
    shutil.copy2(root / "rows-2026-07-31.parquet", root / f"rows-{day}.parquet")
    hub.project.commit("Rows of yesterday")
    hub.project.git("push", "-q", str(hub.origins / OURS), "HEAD:refs/heads/main")
    return day


def test_a_reason_becomes_a_pull_request_that_is_judged_and_closed(hub, newer):
    done = hub.retrain(trigger="event", reason=REASON, evidence=json.dumps({"ticket": "OPS-12"}))
    assert done.jobs == {"retrain": "success"}, done.log
    [pull] = [each for each in hub.github.pulls if each["head"]["ref"].endswith(newer)]
    branch = pull["head"]["ref"]
    assert branch.startswith("retrain/")
    assert "**event** (argo-bot): prices changed; $(touch /tmp/x)" in pull["body"]
    assert "@everyone" not in pull["body"]
    assert "evidence" in done.artifacts
    changed = hub.project.git("diff", "--name-only", hub.tip("main"), hub.tip(branch))
    assert changed == "params.yaml\n"
    number = int(pull["number"])
    assert ("propose.yml", {"ref": branch, "inputs": {"number": str(number)}}) in (
        hub.github.dispatched
    )

    again = hub.retrain(reason="another reason")
    assert again.jobs == {"retrain": "success"}, again.log
    assert "**event** (argo-bot): another reason" in pull["body"]

    trained = hub.start_by_hand(branch, number)
    assert "train" in trained.stages, trained.log
    hub.report(trained, branch, event="workflow_dispatch")
    judged = hub.judge_by_number(number)
    assert judged.jobs == JUDGED, judged.log
    assert hub.verdict(str(pull["head"]["sha"])) == "failure"
    assert "a retrain must be better" in hub.comment()
    assert pull["state"] == "closed"
    [said] = hub.github.bodies("so this one is closed")
    assert said.startswith("The retrained model is not better than the one on main: ")
