"""How long a trigger rests, and from what: pull requests, or what a clone knows of retrainings."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from newer import BRANCH, JULY

from mainline.params.monitoring import Triggers
from mainline.retraining import cool_down, retrain
from mainline.retraining.asked import Asked
from mainline.retraining.triggers import NAMES
from repository import commit

DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


def settings(drift: int, event: int = 0) -> Triggers:
    return Triggers.model_validate(
        {"drift": {"cool_down_days": max(drift, 1)}, "event": {"cool_down_days": event}}
    )


@given(st.none() | DAYS, DAYS, st.integers(1, 60))
def test_it_rests_for_so_many_days_and_never_without_a_retraining(last, today, days):
    asked = Asked(("drift",), "why", {})
    known = {} if last is None else {"drift": last}
    awake = cool_down.awake(asked, settings(days), known, today)
    rests = last is not None and today < last + timedelta(days=days)
    assert awake == (None if rests else asked)


@given(DAYS, DAYS, st.integers(1, 60))
def test_one_that_rests_does_not_hold_back_another(last, today, days):
    both = Asked(("drift", "event"), "why", {})
    awake = cool_down.awake(both, settings(days), dict.fromkeys(both.triggers, last), today)
    assert awake is not None
    assert awake.triggers in (("event",), ("drift", "event"))


@given(DAYS, DAYS, st.integers(1, 60))
def test_the_retraining_of_another_trigger_starts_no_rest(last, today, days):
    asked = Asked(("drift",), "why", {})
    known = cool_down.newest([(last, ["event"])])
    assert cool_down.awake(asked, settings(days), known, today) == asked


def test_the_newest_of_each_trigger_and_one_by_hand_counts_for_all():
    old, new = date(2026, 7, 1), date(2026, 8, 1)
    seen = [(new, ["event", "no trigger"]), (old, ["drift", "event"])]
    assert cool_down.newest(seen) == {"event": new, "drift": old}
    assert cool_down.newest([*seen, (new, [])]) == dict.fromkeys(NAMES, new)


def last(small) -> dict[str, date]:
    return cool_down.last_in_git(small.git, "churn", "main")


def test_a_clone_that_has_seen_none(small):
    small.git.run("branch", "retrain/churn-fast-2026-07-31")
    small.git.run("branch", "retrain/churn")
    assert last(small) == {}


@pytest.mark.parametrize("place", ["branch", "remote", "merged", "squashed"])
def test_a_clone_knows_branches_and_what_main_merged(small, place):
    retrain.run(small.root, reason="new prices, Trigger: quality", trigger="drift")
    git = small.git
    made = date.fromisoformat(git.run("log", "-1", "--format=%cs", BRANCH).strip())
    if place == "remote":
        git.run("push", "-q", "origin", BRANCH)
    elif place == "merged":
        git.run("merge", "-q", "--no-ff", "-m", "Merge pull request #5 from o/x", BRANCH)
    elif place == "squashed":
        commit(git, f"Retrain churn on rows up to {JULY}: drift (#5)\n\n* Words")
    if place != "branch":
        git.run("branch", "-q", "-D", BRANCH)
    assert last(small) == {"drift": made}
