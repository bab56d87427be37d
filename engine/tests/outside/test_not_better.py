"""A retraining that main's engine found no better: status and comment first, then it is closed."""

import pytest

from github_stub import BOT
from mainline.core.files import write_json
from mainline.core.layout import Layout
from mainline.gate.verdict import FAIL, PASS, Rule, Verdict
from mainline.github.identity import EMAIL, NAME
from mainline.outside import judging

pytestmark = pytest.mark.e2e

BRANCH = "retrain/churn-2026-07-31"


@pytest.fixture
def retrained(seeded, monkeypatch):
    """The seeded proposal as the bot's retraining; what the gate says of it is given."""
    seeded.theirs.git("config", "user.name", NAME)
    seeded.theirs.git("config", "user.email", EMAIL)
    seeded.theirs.git("commit", "-q", "--amend", "--no-edit", "--reset-author")
    seeded.theirs.git("push", "-q", "--force", "origin", f"HEAD:{BRANCH}")
    seeded.pull["head"] |= {"ref": BRANCH, "sha": seeded.head}
    seeded.pull["user"] = BOT

    def judged(outcome: str, *, paired: bool = True) -> str:
        def run_child(root, model, *_):
            rule = Rule("champion", outcome, "a retrain must be better", "-0.001 (-0.002 to 0.001)")
            found = Verdict("retrain", "", [rule], champion={"paired": paired})
            write_json(Layout(model).verdict, found.to_json())
            Layout(model).comment.write_text("## ❌ The gate is closed: champion.\n\nFigures.\n")

        monkeypatch.setattr(judging, "_run_child", run_child)
        seeded.upload(seeded.pack())
        seeded.receive()
        seeded.judge()
        assert seeded.keep()[seeded.head][0] == "verdict"
        return str(seeded.pull["state"])

    return judged


def test_not_better(retrained, seeded):
    assert retrained(FAIL) == "closed"
    assert seeded.github.statuses[0]["state"] == "failure"
    assert "Figures." in seeded.github.bodies("mainline-proposal")[0]
    assert "not better than the one on main: -0.001" in seeded.github.comments[-1]["body"]


@pytest.mark.parametrize(("outcome", "paired"), [(PASS, True), (FAIL, False)])
def test_better_or_not_compared(retrained, seeded, outcome, paired):
    assert retrained(outcome, paired=paired) == "open"
    assert seeded.github.bodies("so this one is closed") == []
