"""The rule `snapshot` against what main's catalogue says, with main's tolerances."""

import json

import pytest

from customer_churn.core import paths

SHIFTED = "income"


@pytest.fixture
def moved(project):
    """A proposal whose income lies elsewhere than main's catalogue says; `on_main` is set there."""

    def make(edit=None, **on_main):
        path = project.root / paths.CATALOGUE
        ours, params = path.read_text(), (project.root / paths.PARAMS).read_text()
        catalogue = json.loads(ours)
        catalogue["content"] = "sha256:of-the-month-before"
        income = catalogue["columns"][SHIFTED]
        income["quantiles"] = {key: value / 1000 for key, value in income["quantiles"].items()}
        (edit or (lambda about: None))(catalogue)
        path.write_text(json.dumps(catalogue))
        project.set(**on_main)
        project.git("commit", "-qam", "The month before")
        project.git("branch", "-f", "main", "HEAD")
        path.write_text(ours)
        (project.root / paths.PARAMS).write_text(params)
        project.set(**{"package.golden_rows": 8})
        project.run("package", "release")
        return project

    return make


def test_a_shift_closes_and_says_how_to_accept_it(moved, judge, rule):
    verdict = judge(moved())
    found = rule(verdict, "snapshot")
    assert found.outcome == "fail"
    assert "income: " in found.why
    assert "Set validation.statistics.accepted to the reason" in found.why
    assert verdict.data["moves"][0][0] == "income"
    assert [r.name for r in verdict.rules if r.outcome == "fail"] == ["snapshot"]


def test_the_reason_opens_and_is_told(moved, judge, rule):
    project = moved()
    project.set(**{"validation.statistics": {"accepted": "pay is in thousands now"}})
    project.run("validate")
    verdict = judge(project)
    assert verdict.open
    assert 'on purpose: "pay is in thousands now"' in rule(verdict, "snapshot").why
    assert rule(verdict, "snapshot").bar == "accepted"
    assert any("the data moved on purpose" in note for note in verdict.notes)
    assert verdict.data["accepted"] == "pay is in thousands now"


@pytest.mark.parametrize("reason", ["pay is in thousands now", "  "])
def test_a_reason_that_main_has_or_that_says_nothing_has_no_say(moved, judge, rule, reason):
    project = moved(**{"validation.statistics": {"accepted": "pay is in thousands now"}})
    project.set(**{"validation.statistics": {"accepted": reason}})
    project.run("validate")
    assert rule(judge(project), "snapshot").outcome == "fail"


def test_loosened_tolerances_do_not_help_the_proposal_that_loosens_them(moved, judge, rule):
    project = moved()
    project.set(**{"validation.statistics": {"mean": 1e9, "quantiles": 1e9}})
    project.run("validate")
    verdict = judge(project)
    assert rule(verdict, "snapshot").outcome == "fail"
    assert any("validation.statistics.quantiles changes from 0.2" in n for n in verdict.notes)


def test_mains_tolerances_are_in_force(moved, judge, rule):
    wide = {"columns": {SHIFTED: {"mean": 1e9, "quantiles": 1e9}}}
    verdict = judge(moved(**{"validation.statistics": wide}))
    assert rule(verdict, "snapshot").outcome == "pass"
    assert verdict.open


def test_a_reason_for_nothing_is_told(project, judge, rule):
    project.set(**{"validation.statistics": {"accepted": "just in case"}, "package.golden_rows": 8})
    project.run("validate", "package", "release")
    verdict = judge(project)
    assert rule(verdict, "snapshot").why == "the table is main's"
    assert any("accepted is set but has no say" in note for note in verdict.notes)


@pytest.mark.parametrize(
    "edit",
    [
        lambda c: c.update(columns=3),
        lambda c: c.pop("rows"),
        lambda c: c["columns"]["income"].update(null_share="none"),
        lambda c: c["columns"]["income"].update(quantiles={"1": float("nan")}),
    ],
)
def test_a_catalogue_on_main_that_cannot_be_used_closes(moved, judge, rule, edit):
    assert rule(judge(moved(edit)), "snapshot").outcome == "fail"


def test_the_first_snapshot_has_nothing_to_be_compared_with(unreleased, judge, rule):
    verdict = judge(unreleased)
    assert verdict.open
    assert rule(verdict, "snapshot").why == "main has no snapshot yet: nothing to compare with"
    assert verdict.data is None


def test_a_rollback_goes_back_to_older_data(rolled_back, judge, rule):
    project, _ = rolled_back
    assert rule(judge(project), "snapshot").outcome == "waived"
