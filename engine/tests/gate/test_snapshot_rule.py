"""The rule `snapshot` against what main's catalogue says, with main's tolerances."""

import json
from types import SimpleNamespace

import pytest

from mainline.core.layout import Layout
from mainline.gate import snapshot
from mainline.gate.bars import in_force
from mainline.git import Git

REASON = "pay is in thousands now"
STATISTICS = "validation.statistics"


@pytest.fixture
def moved(settings, candidates):
    """The rule for the champion's table, whose income lies elsewhere than main's catalogue says.

    `main` and `own` are settings of either side; `edit` changes main's catalogue.
    """
    known = candidates("champion")

    def call(main=None, own=None, edit=lambda about: None, *, far=1000):
        about = json.loads(Layout(known.root).catalogue.read_text())
        if far != 1:
            about["content"] = "sha256:of-the-month-before"
        quantiles = about["columns"]["income"]["quantiles"]
        about["columns"]["income"]["quantiles"] = {k: v / far for k, v in quantiles.items()}
        edit(about)
        (settings.root / "data").mkdir()
        Layout(settings.root).catalogue.write_text(json.dumps(about))
        (settings.root / ".gitignore").unlink(missing_ok=True)
        settings.set(**{STATISTICS: main or {}})
        settings.merge("The month before")
        settings.set(**{STATISTICS: (main or {}) if own is None else own})
        git = Git(settings.root)
        bars = in_force(git, "main")
        candidate = SimpleNamespace(frame=known.frame, table=known.table)
        return *snapshot.rule(candidate, git, "main", bars), bars

    return call


def test_a_shift_closes_and_says_how_to_accept_it(moved):
    found, data, _, _ = moved()
    assert found.outcome == "fail"
    assert "income: " in found.why
    assert "set validation.statistics.accepted to the reason" in found.why
    assert data["moves"][0][0] == "income"
    assert data["accepted"] is None


def test_the_reason_opens_and_is_told(moved):
    found, data, _, bars = moved(own={"accepted": REASON})
    assert (found.outcome, found.bar) == ("pass", "accepted")
    assert f'on purpose: "{REASON}"' in found.why
    assert any("the data moved on purpose" in note for note in bars.notes)
    assert data["accepted"] == REASON


@pytest.mark.parametrize("reason", [REASON, "  "])
def test_a_reason_that_main_has_or_that_says_nothing_has_no_say(moved, reason):
    assert moved({"accepted": REASON}, {"accepted": reason})[0].outcome == "fail"


def test_loosened_tolerances_do_not_help_the_proposal_that_loosens_them(moved):
    assert moved(own={"mean": 1e9, "quantiles": 1e9})[0].outcome == "fail"


def test_mains_tolerances_are_in_force(moved):
    found, *_ = moved({"columns": {"income": {"mean": 1e9, "quantiles": 1e9}}}, {})
    assert found.outcome == "pass"


@pytest.mark.parametrize("far", [1, 1.0001])
def test_a_reason_for_nothing_is_told(moved, far):
    found, _, notes, _ = moved(own={"accepted": "just in case"}, far=far)
    assert found.outcome == "pass"
    assert (found.why == "the table is main's") is (far == 1)
    assert any("accepted has no effect" in note for note in notes)


@pytest.mark.parametrize(
    "edit",
    [
        lambda c: c.clear(),
        lambda c: c.update(columns=3),
        lambda c: c.pop("rows"),
        lambda c: c["columns"]["income"].update(null_share="none"),
        lambda c: c["columns"]["income"].update(quantiles={"1": float("nan")}),
    ],
)
def test_a_catalogue_on_main_that_cannot_be_used_closes(moved, edit):
    found, data, _, _ = moved(edit=edit)
    assert (found.outcome, data) == ("fail", None)


def test_a_catalogue_on_main_that_is_no_json_closes(settings, bars):
    (settings.root / "data").mkdir()
    Layout(settings.root).catalogue.write_text("<<<<<<< HEAD")
    settings.merge()
    found, _, _ = snapshot.rule(None, Git(settings.root), "main", bars)
    assert found.outcome == "fail"
    assert "cannot be read as JSON" in found.why
